/** What a refactoring proposes: hunks that are taken or left as a whole, each with changes in one or more files. */
import { applyEdits, type Edit } from '../../edits/text';

export interface FileChanges {
  /** Absolute path with forward slashes. */
  readonly file: string;
  /** In order, disjoint, at offsets of the text that all began with. */
  readonly edits: readonly Edit[];
}

export interface RefactorHunk {
  /** What it does, for people. */
  readonly title: string;
  readonly origin: 'known' | 'service' | 'denoised';
  readonly files: readonly FileChanges[];
}

/** The texts that hunks leave of the texts they began with. `textOf` is empty for files that do not exist. */
export function textsAfter(hunks: readonly RefactorHunk[], textOf: (file: string) => string): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [file, edits] of editsByFile(hunks)) texts.set(file, applyEdits(textOf(file), edits));
  return texts;
}

/** The files that hunks change. */
export function filesOf(hunks: readonly RefactorHunk[]): string[] {
  return [...new Set(hunks.flatMap(({ files }) => files.map(({ file }) => file)))];
}

/** All edits of each file, in order. */
export function editsByFile(hunks: readonly RefactorHunk[]): Map<string, Edit[]> {
  const all = new Map<string, Edit[]>();
  for (const { files } of hunks)
    for (const { file, edits } of files) all.set(file, [...(all.get(file) ?? []), ...edits]);
  for (const edits of all.values()) edits.sort((a, b) => a.start - b.start || a.end - b.end);
  return all;
} // prettier-ignore

/** True where two hunks want the same characters of a file. */
export function collide(a: RefactorHunk, b: RefactorHunk): boolean {
  return a.files.some((one) =>
    b.files.some((two) => one.file === two.file && one.edits.some((e) => two.edits.some((f) => meet(e, f)))),
  );
}

function meet(a: Edit, b: Edit): boolean {
  if (a.start === a.end && b.start === b.end) return a.start === b.start;
  return a.start < b.end && b.start < a.end;
}

/** A place of the new text of a file: the hunk that wrote it, if any did, and where it was in the old text. */
export interface Origin {
  readonly hunk: RefactorHunk | undefined;
  /** Offset in the old text; of a place that was written, where that began. */
  readonly offset: number;
}

/** Says of places in the texts after `hunks` where they come from. */
export function originsOf(hunks: readonly RefactorHunk[], file: string): (offset: number) => Origin {
  const edits = hunks
    .flatMap((hunk) => hunk.files.filter((f) => f.file === file).flatMap((f) => f.edits.map((edit) => ({ hunk, edit }))))
    .sort((a, b) => a.edit.start - b.edit.start || a.edit.end - b.edit.end);
  return (offset) => {
    let grown = 0;
    for (const { hunk, edit } of edits) {
      const start = edit.start + grown;
      if (offset < start) break;
      // A place right behind a change counts as the change's where that only took text away.
      if (offset < start + Math.max(edit.text.length, 1)) return { hunk, offset: edit.start };
      grown += edit.text.length - (edit.end - edit.start);
    }
    return { hunk: undefined, offset: offset - grown };
  };
}
