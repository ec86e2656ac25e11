/** Which parts of which files a refactoring is about. */
import type ts from 'typescript';
import { regionAround } from '../../edits/plan/region';
import type { Region } from '../../edits/plan/plan';
import { parseSource, walk, type SourceUnit } from '../../edits/source';
import type { RefactorScope } from '../../protocol/refactor';
import { isFrozen } from '../../workspace';
import { plainText, type PlainText } from '../edit/line-breaks';
import type { ProjectView } from './project';

/** A part of one file, in text whose line breaks are all `\n`. */
export interface Part {
  readonly file: string;
  readonly plain: PlainText;
  readonly unit: SourceUnit;
  readonly region: Region;
}

/** Files that a refactoring of a whole file's users may reach. */
const mostFiles = 200;

/** The file's selection, the file, or the file and those that use what it, or the selected name, declares; tests are never among these. */
export function partsOf(view: ProjectView, file: string, range: Region, scope: RefactorScope): Part[] {
  const own = partOf(view, file);
  if (scope === 'selection') {
    const { plain } = own;
    return [{ ...own, region: regionAround(own.unit, { start: plain.toPlain(range.start), end: plain.toPlain(range.end) }) }];
  }
  if (scope === 'file') return [own];
  const users = usersOf(view, file, range).filter((name) => !isFrozen(relative(view, name), []));
  return [own, ...users.slice(0, mostFiles).map((name) => partOf(view, name))];
}

function partOf(view: ProjectView, file: string): Part {
  const plain = plainText(view.textOf(file));
  const { text } = plain;
  return { file, plain, unit: parseSource(view.ts, file, text), region: { start: 0, end: text.length } };
}

/** A file's name below the project's folder. */
export function relative(view: ProjectView, file: string): string {
  return file.startsWith(`${view.root}/`) ? file.slice(view.root.length + 1) : file;
}

/** Other files that use the name under the selection; with none there, that use anything of the file. */
function usersOf(view: ProjectView, file: string, range: Region): string[] {
  const name = nameAt(view, file, range);
  const found = name
    ? (view.service.findReferences(file, name.getStart()) ?? []).flatMap((r) => r.references.map((u) => u.fileName))
    : view.service.getFileReferences(file).map((u) => u.fileName);
  return [...new Set(found)].filter((other) => other !== file && view.files.includes(other)).sort();
}

/** The identifier that a cursor stands in, or that is all of a selection. */
export function nameAt(view: ProjectView, file: string, range: Region): ts.Identifier | undefined {
  const unit = view.unitOf(file);
  let found: ts.Identifier | undefined;
  walk(unit, unit.file, (node) => {
    if (node.pos > range.end || node.end < range.start) return false;
    if (unit.ts.isIdentifier(node) && node.getStart(unit.file) <= range.start && node.end >= range.end) found = node;
    return undefined;
  });
  return found;
}
