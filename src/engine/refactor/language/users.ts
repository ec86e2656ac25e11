/** Who uses what a file declares. */
import type { Region } from '../../../edits/plan/plan';
import { nameAt } from '../names';
import type { ProjectView } from './project';

/** Other files that use the name under the selection; with none there, that use anything of the file. */
export function usersOf(view: ProjectView, file: string, range: Region): string[] {
  const name = nameAt(view.unitOf(file), range);
  const found = name
    ? (view.service.findReferences(file, name.getStart()) ?? []).flatMap((r) => r.references.map((u) => u.fileName))
    : view.service.getFileReferences(file).map((u) => u.fileName);
  return [...new Set(found)].filter((other) => other !== file && view.files.includes(other)).sort();
}
