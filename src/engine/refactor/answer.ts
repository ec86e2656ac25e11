/** Turns hunks that nothing speaks against into the files of the answer. */
import { applyEdits } from '../../edits/text';
import type { RefactorChange, RefactorFile } from '../../protocol/refactor';
import { hashOf, unifiedDiff } from '../../repair/report/result';
import { editsByFile, type RefactorHunk } from './change';
import type { ProjectView } from './project';
import { relative } from './scope';
import type { TestBed } from './tests';

/** Every changed file, the ones with the most changes first. */
export function resultFiles(view: ProjectView, hunks: readonly RefactorHunk[], bed: TestBed | undefined): RefactorFile[] {
  return [...editsByFile(hunks).keys()]
    .map((file): RefactorFile => {
      const text = view.textOf(file);
      const changes = hunks
        .flatMap(({ title, files }) =>
          files.filter((f) => f.file === file).flatMap(({ edits }) =>
            edits.map((edit): RefactorChange => ({ ...edit, title, tested: bed?.covers(file, edit.start) ?? false })),
          ),
        )
        .sort((a, b) => a.start - b.start || a.end - b.end); // prettier-ignore
      const newText = applyEdits(text, changes);
      const exists = view.exists(file);
      return { file, exists, changes, newText, diff: unifiedDiff(relative(view, file), text, newText), baseHash: hashOf(text) };
    })
    .sort((a, b) => b.changes.length - a.changes.length || (a.file < b.file ? -1 : 1));
}
