/** Turns hunks that nothing speaks against into the files of the answer. */
import { applyEdits } from '../../edits/text';
import type { RefactorChange, RefactorFile } from '../../protocol/refactor';
import { hashOf, unifiedDiff } from '../../repair/report/result';
import { filesOf, type RefactorHunk } from './change';
import { relative } from './scope';
import type { TestBed } from './tests';
import type { ProjectThread } from './thread';

/** Every changed file, the ones with the most changes first. `breathe` is called between any two of them. */
export async function resultFiles(
  project: ProjectThread,
  hunks: readonly RefactorHunk[],
  bed: TestBed | undefined,
  breathe: () => Promise<void>,
): Promise<RefactorFile[]> {
  const texts = await project.textsOf(filesOf(hunks));
  const found: RefactorFile[] = [];
  for (const [file, edits] of changesByFile(hunks, bed)) {
    await breathe();
    const text = texts.get(file) ?? '';
    const newText = applyEdits(text, edits);
    const diff = unifiedDiff(relative(project, file), text, newText);
    found.push({ file, exists: texts.has(file), changes: edits, newText, diff, baseHash: hashOf(text) });
  }
  return found.sort((a, b) => b.changes.length - a.changes.length || (a.file < b.file ? -1 : 1));
}

/** Changes of each file, in order. */
function changesByFile(hunks: readonly RefactorHunk[], bed: TestBed | undefined): Map<string, RefactorChange[]> {
  const all = new Map<string, RefactorChange[]>();
  for (const { title, files } of hunks)
    for (const { file, edits } of files) {
      const changes = edits.map((edit): RefactorChange => ({ ...edit, title, tested: bed?.covers(file, edit.start) ?? false }));
      all.set(file, [...(all.get(file) ?? []), ...changes]);
    }
  for (const changes of all.values()) changes.sort((a, b) => a.start - b.start || a.end - b.end);
  return all;
}
