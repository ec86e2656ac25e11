/** Renames of any name of the project, in all files that use it, by the language service. */
import type ts from 'typescript';
import { readRename } from '../../../edits/instruct/rename';
import { enclosingFunction, walk, type SourceUnit } from '../../../edits/source';
import type { Region } from '../../../edits/plan/plan';
import { textsAfter, type RefactorHunk } from '../change';
import { identifiersIn, isName, nameAt } from '../names';
import type { ProjectView } from './project';
import type { NamedPlace, RenameProposal } from './questions';

/** What a rename asks for; undefined for other instructions. */
export function proposeRename(view: ProjectView, file: string, range: Region, instruction: string): RenameProposal | undefined {
  const unit = view.unitOf(file);
  const names = identifiersIn(unit);
  const asked = readRename(instruction, (word) => names.has(word)) ?? shortForm(unit, range, instruction);
  if (!asked) return undefined;
  const { from, to } = asked;
  if (!isName(view.ts, to)) return { problem: `"${to}" can't be a name.` };
  const node = declaredAs(unit, range, from);
  if (!node) return { problem: `There is no name "${from}" in this file that can be renamed.` };
  return renameAt(view, { file, position: node.getStart(unit.file), name: from }, to);
}

/** "rename to total", with the cursor in a name. */
function shortForm(unit: SourceUnit, range: Region, instruction: string): { from: string; to: string } | undefined {
  const to = /^\s*renam(?:e|ing)\s+(?:it\s+|this\s+)?(?:to|as|->|→)\s+[`"']?([A-Za-z_$][\w$]*)[`"']?[.!]?\s*$/i.exec(instruction)?.[1];
  const from = to === undefined ? undefined : nameAt(unit, range)?.text;
  return from === undefined ? undefined : { from, to: to! };
} // prettier-ignore

/** The name under the selection, else the first of that text in the selected lines, else in the file. */
function declaredAs(unit: SourceUnit, range: Region, from: string): ts.Identifier | undefined {
  const here = nameAt(unit, range);
  if (here?.text === from) return here;
  const found: ts.Identifier[] = [];
  walk(unit, unit.file, (node) => {
    if (unit.ts.isIdentifier(node) && node.text === from) found.push(node);
    return undefined;
  });
  return found.find((n) => n.getStart(unit.file) >= range.start && n.end <= range.end) ?? found[0];
}

/**
 * The rename of what an identifier means. Refused where another declaration would catch a use, or be caught: the uses that the language service finds
 * afterwards have to be those that it found before.
 */
export function renameAt(view: ProjectView, place: NamedPlace, to: string): RenameProposal {
  const { service } = view;
  const { file, position, name: from } = place;
  const info = service.getRenameInfo(file, position, { allowRenameOfImportPath: false });
  if (!info.canRename) return { problem: `"${from}" can't be renamed: ${info.localizedErrorMessage}` };
  // Inside of a function a shorthand property keeps its name, which others may read; what a module declares is renamed for its users, too.
  const local = isLocal(view, file, position);
  const locations = locationsOf(view, place, local);
  if (locations.length === 0) return { problem: `"${from}" can't be renamed: no use of it was found.` };
  const outside = locations.find((l) => !view.files.includes(l.fileName));
  if (outside) return { problem: `"${from}" is declared outside of this project (${outside.fileName}), so it keeps its name.` };
  const hunk: RefactorHunk = {
    title: `Rename ${from} to ${to}`,
    origin: 'service',
    files: [...new Set(locations.map((l) => l.fileName))].map((name) => ({
      file: name,
      edits: locations
        .filter((l) => l.fileName === name)
        .map((l) => ({
          start: l.textSpan.start,
          end: l.textSpan.start + l.textSpan.length,
          text: `${l.prefixText ?? ''}${to}${l.suffixText ?? ''}`,
        }))
        .sort((a, b) => a.start - b.start),
    })),
  };
  const caught = caughtBy(view, hunk, to);
  return caught === undefined ? { hunk } : { problem: `"${from}" can't become "${to}": ${caught}` };
}

/** True for what is declared inside of a function, as a variable or the like: a property belongs to whoever has the object. */
function isLocal(view: ProjectView, file: string, position: number): boolean {
  const [definition] = view.service.getDefinitionAtPosition(file, position) ?? [];
  if (!definition) return false;
  const { ts: api } = view;
  const unit = view.unitOf(definition.fileName);
  const { start } = definition.textSpan;
  let declared: ts.Node | undefined;
  walk(unit, unit.file, (node) => {
    if (node.pos > start || node.end < start) return false;
    if (api.isIdentifier(node) && node.getStart(unit.file) === start) declared = node.parent;
    return undefined;
  });
  if (!declared || api.isPropertyAssignment(declared) || api.isClassElement(declared) || api.isTypeElement(declared))
    return false;
  return enclosingFunction(unit, declared) !== undefined;
}

/** Why the renamed uses would not mean what they meant; undefined where they do. */
function caughtBy(view: ProjectView, hunk: RefactorHunk, to: string): string | undefined {
  const expected = new Set<string>();
  for (const { file, edits } of hunk.files) {
    let grown = 0;
    for (const { start, end, text } of edits) {
      expected.add(`${file}:${start + grown + text.lastIndexOf(to)}`);
      grown += text.length - (end - start);
    }
  }
  view.show(textsAfter([hunk], (file) => view.textOf(file)));
  try {
    const [first] = expected;
    const at = first!.lastIndexOf(':');
    const place = { file: first!.slice(0, at), position: Number(first!.slice(at + 1)), name: to };
    const now = new Set(locationsOf(view, place, false).map((l) => `${l.fileName}:${l.textSpan.start}`));
    if ([...expected].some((e) => !now.has(e))) return 'another declaration of that name would catch a use of it.';
    if ([...now].some((e) => !expected.has(e))) return 'that name is used already, and would come to mean this.';
    return undefined;
  } finally {
    view.show(new Map());
  }
}

/**
 * All places where a rename changes something. For what a module declares the users' files are asked, too: from the declaration the service does not find
 * what CommonJS hands on (`module.exports = { name }`, `const { name } = require(...)`), from a use it does.
 */
function locationsOf(view: ProjectView, { file, position, name }: NamedPlace, local: boolean): ts.RenameLocation[] {
  const find = (f: string, at: number): readonly ts.RenameLocation[] =>
    view.service.findRenameLocations(f, at, false, false, { providePrefixAndSuffixTextForRename: local }) ?? [];
  const found = new Map(find(file, position).map((l) => [keyOf(l), l]));
  if (local) return [...found.values()];
  const asked = new Set<string>();
  for (let open = [...filesOf(found)]; open.length > 0; open = [...filesOf(found)].filter((f) => !asked.has(f))) {
    for (const known of open) {
      asked.add(known);
      const users = new Set(view.service.getFileReferences(known).map((r) => r.fileName));
      for (const user of users) {
        if (!view.files.includes(user)) continue;
        for (const at of identifiersOf(view, user, name)) {
          if (found.has(`${user}:${at}`)) continue;
          const more = find(user, at);
          if (more.some((l) => found.has(keyOf(l)))) for (const l of more) found.set(keyOf(l), l);
        }
      }
    }
  }
  return [...found.values()];
}

function keyOf({ fileName, textSpan }: ts.RenameLocation): string {
  return `${fileName}:${textSpan.start}`;
}

function filesOf(found: ReadonlyMap<string, ts.RenameLocation>): ReadonlySet<string> {
  return new Set([...found.values()].map((l) => l.fileName));
}

function identifiersOf(view: ProjectView, file: string, name: string): number[] {
  const { ts: api } = view;
  const source = view.service.getProgram()?.getSourceFile(file);
  if (!source?.text.includes(name)) return [];
  const unit: SourceUnit = { ts: api, fileName: file, text: source.text, file: source };
  const found: number[] = [];
  walk(unit, source, (node) => {
    if (api.isIdentifier(node) && node.text === name) found.push(node.getStart(source));
    return undefined;
  });
  return found;
}
