/** What the language service can do: extract, inline, move, convert, organise imports, remove what is unused. */
import type ts from 'typescript';
import { applyEdits, type Edit } from '../../../edits/text';
import type { Region } from '../../../edits/plan/plan';
import type { RefactorOffer } from '../../../protocol/refactor';
import type { RefactorHunk } from '../change';
import type { ProjectView } from './project';
import type { ActionProposal } from './questions';

const preferences: ts.UserPreferences = { allowTextChangesInNewFiles: true, providePrefixAndSuffixTextForRename: true };

/** Actions for whole files, by the names that offers carry. */
const wholeFile = {
  'organize-imports': 'Organize imports',
  'remove-unused': 'Remove unused declarations',
} as const;
type WholeFile = keyof typeof wholeFile;

/** What the service offers for a selection, and for its file. */
export function actionOffers(view: ProjectView, file: string, range: Region): RefactorOffer[] {
  const found = applicable(view, file, range).map(({ refactor, action }) => ({
    title: action.description,
    action: `${refactor.name}/${action.name}`,
    places: 1,
  }));
  const whole = Object.entries(wholeFile).map(([action, title]) => ({ title, action, places: 0 }));
  return [...found, ...whole];
}

/** The offer that an instruction means: its own words, or those that people say. Undefined where it means none. */
export function meantAction(view: ProjectView, file: string, range: Region, instruction: string): string | undefined {
  const said = instruction.trim().replace(/[.!]$/, '').toLowerCase();
  const offers = actionOffers(view, file, range);
  const own = offers.find(({ title }) => title.toLowerCase() === said);
  if (own) return own.action;
  const way = ways.find(({ pattern }) => pattern.test(said));
  return way && offers.filter(({ action }) => way.action.test(action!)).at(way.last === true ? -1 : 0)?.action;
}

/** `last`: of several, the outermost scope, which leaves the least nested code. */
const ways: readonly { readonly pattern: RegExp; readonly action: RegExp; readonly last?: boolean }[] = [
  { pattern: /^extract (?:this |it |these lines )?(?:in)?(?:to )?(?:an? )?(?:new )?(?:function|method)\b/, action: /^Extract Symbol\/function_/, last: true }, // prettier-ignore
  { pattern: /^extract (?:this |it )?(?:in)?(?:to )?(?:an? )?(?:new )?(?:constant|variable)\b/, action: /^Extract Symbol\/constant_/ },
  { pattern: /^extract (?:this |it )?(?:in)?(?:to )?(?:an? )?(?:new )?type\b/, action: /^Extract type\// },
  { pattern: /^inline\b/, action: /^Inline variable\// },
  { pattern: /^move (?:this |it )?(?:in)?to (?:a |its own )?(?:new )?file\b/, action: /^Move to a new file\// },
  { pattern: /default export/, action: /^Convert export\// },
  { pattern: /named export/, action: /^Convert export\// },
  { pattern: /destructur\w*.*param|param\w*.*(?:object|destructur)/, action: /^Convert parameters to destructured object\// },
  { pattern: /(?:organi[sz]e|sort|tidy|clean up) (?:the )?imports/, action: /^organize-imports$/ },
  { pattern: /(?:remove|delete|drop) (?:all )?(?:the )?unused/, action: /^remove-unused$/ },
]; // prettier-ignore

/** Actions that need answers which nobody is asked for here. */
const asks = /^(?:Move to file|Generate get and set accessors)\//;

function applicable(
  view: ProjectView,
  file: string,
  range: Region,
): { refactor: ts.ApplicableRefactorInfo; action: ts.RefactorActionInfo }[] {
  const asked = trimmed(view.textOf(file), range);
  return view.service
    .getApplicableRefactors(file, asked, preferences, undefined, undefined, false)
    .flatMap((refactor) =>
      refactor.actions
        .filter((a) => a.notApplicableReason === undefined && a.isInteractive !== true && !asks.test(`${refactor.name}/`))
        .map((action) => ({ refactor, action })),
    );
}

/** A selection without the blanks at its ends: the service takes those for something else. */
function trimmed(text: string, { start, end }: Region): ts.TextRange {
  const inner = text.slice(start, end);
  const lead = inner.length - inner.trimStart().length;
  return inner.trim() === '' ? { pos: start, end: start } : { pos: start + lead, end: start + inner.trimEnd().length };
}

/** What an action would change; undefined where it does nothing. Throws where the service fails. */
export function proposeAction(view: ProjectView, file: string, range: Region, action: string): ActionProposal | undefined {
  const format = formatOf(view, view.textOf(file));
  if (isWholeFile(action)) {
    const changes =
      action === 'organize-imports'
        ? view.service.organizeImports({ type: 'file', fileName: file }, format, preferences)
        : withoutUnused(view, file, format);
    return proposalOf(view, wholeFile[action], changes);
  }
  const cut = action.indexOf('/');
  const [refactor, name] = [action.slice(0, cut), action.slice(cut + 1)];
  const offered = applicable(view, file, range).find((a) => a.refactor.name === refactor && a.action.name === name);
  if (!offered) return undefined;
  const asked = trimmed(view.textOf(file), range);
  const found = view.service.getEditsForRefactor(file, format, asked, refactor, name, preferences);
  if (!found) return undefined;
  const proposal = proposalOf(view, offered.action.description, found.edits);
  if (!proposal || found.renameFilename === undefined || found.renameLocation === undefined) return proposal;
  const { renameFilename, renameLocation } = found;
  const made = nameAfter(view, proposal.hunk, renameFilename, renameLocation);
  return made === undefined ? proposal : { ...proposal, made: { file: renameFilename, offset: renameLocation, name: made } };
}

function isWholeFile(action: string): action is WholeFile {
  return action in wholeFile;
}

function withoutUnused(view: ProjectView, file: string, format: ts.FormatCodeSettings): readonly ts.FileTextChanges[] {
  // The service deletes unused parameters, too, and with them what callers pass: only what is declared for itself goes.
  const unused = view.service
    .getSuggestionDiagnostics(file)
    .filter((d) => d.reportsUnnecessary !== undefined && [6133, 6192, 6196, 6198, 6199].includes(d.code));
  const fixes = unused.flatMap((d) => {
    const found = view.service.getCodeFixesAtPosition(file, d.start, d.start + d.length, [d.code], format, preferences);
    return found.filter((fix) => fix.fixName === 'unusedIdentifier' && /^Remove (?:import|unused|variable|template|type)/i.test(fix.description) && !/param/i.test(fix.description)).slice(0, 1);
  }); // prettier-ignore
  const changes = fixes.flatMap((fix) => fix.changes.filter((c) => c.fileName === file).flatMap((c) => c.textChanges));
  const taken: ts.TextChange[] = [];
  for (const change of changes)
    if (taken.every((t) => t.span.start + t.span.length <= change.span.start || change.span.start + change.span.length <= t.span.start)) taken.push(change); // prettier-ignore
  return [{ fileName: file, textChanges: taken }];
}

function proposalOf(view: ProjectView, title: string, changes: readonly ts.FileTextChanges[]): ActionProposal | undefined {
  const files = changes
    .map(({ fileName, textChanges }) => ({
      file: fileName,
      edits: textChanges
        .map(({ span, newText }): Edit => ({ start: span.start, end: span.start + span.length, text: newText }))
        .sort((a, b) => a.start - b.start || a.end - b.end),
    }))
    .filter(({ file, edits }) => applyEdits(view.textOf(file), edits) !== view.textOf(file));
  return files.length === 0 ? undefined : { hunk: { title, origin: 'service', files } };
}

function nameAfter(view: ProjectView, hunk: RefactorHunk, file: string, offset: number): string | undefined {
  const edits = hunk.files.find((f) => f.file === file)?.edits ?? [];
  return /^[A-Za-z_$][\w$]*/.exec(applyEdits(view.textOf(file), edits).slice(offset))?.[0];
}

/** The file's own indentation and line breaks. */
function formatOf({ ts: api }: ProjectView, text: string): ts.FormatCodeSettings {
  const indents = [...text.matchAll(/^([ \t]+)\S/gm)].map((m) => m[1]!);
  const tabs = indents.filter((i) => i.startsWith('\t')).length > indents.length / 2;
  const widths = indents.filter((i) => !i.includes('\t')).map((i) => i.length);
  const width = widths.length === 0 ? 2 : Math.max(1, Math.min(8, ...widths));
  const semicolons = (text.match(/;[ \t]*$/gm) ?? []).length >= (text.match(/[^;{}\s(,[][ \t]*$/gm) ?? []).length / 2;
  return {
    ...api.getDefaultFormatCodeSettings(text.includes('\r\n') ? '\r\n' : '\n'),
    convertTabsToSpaces: !tabs,
    indentSize: tabs ? 4 : width,
    tabSize: tabs ? 4 : width,
    semicolons: semicolons ? api.SemicolonPreference.Insert : api.SemicolonPreference.Remove,
  };
}
