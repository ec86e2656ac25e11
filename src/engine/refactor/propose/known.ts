/** Known kinds of edits, in every part of the scope. */
import { editKinds } from '../../../edits';
import { nearlyMeant, sentence, understand } from '../../../edits/instruct/tasks';
import { improvingKinds } from '../../../edits/plan/improve';
import { planEdits, type EditTask } from '../../../edits/plan/plan';
import { syntaxErrors } from '../../../edits/source';
import type { RefactorHunk } from '../change';
import type { Part } from '../scope';

export interface KnownProposal {
  /** False where the instruction means no kind in any part. */
  readonly understood: boolean;
  readonly hunks: readonly RefactorHunk[];
  /** Why it can't be done somewhere, each once. */
  readonly problems: readonly string[];
}

/** What the instruction means, at every place where it is safe; an empty one means all that makes code simpler. */
export async function proposeKnown(
  parts: readonly Part[],
  instruction: string,
  breathe: () => Promise<void>,
): Promise<KnownProposal> {
  const hunks: RefactorHunk[] = [];
  const problems = new Set<string>();
  let understood = false;
  for (const part of parts) {
    await breathe();
    if (syntaxErrors(part.unit).length > 0) continue; // such files have no safe places
    const tasks = tasksFor(part, instruction, problems);
    if (!tasks) continue;
    understood = true;
    for (const { title, changes } of await planEdits(part.unit, tasks, part.region, { breathe }))
      hunks.push({ title, origin: 'known', files: [{ file: part.file, edits: changes.map((c) => part.plain.restore(c)) }] });
  }
  return { understood, hunks, problems: [...problems] };
}

function tasksFor(part: Part, instruction: string, problems: Set<string>): readonly EditTask[] | undefined {
  if (instruction === '') return improvingKinds(editKinds).map((kind) => ({ kind }));
  const meant = understand(instruction, editKinds, part.unit);
  for (const problem of meant?.problems ?? []) problems.add(problem);
  return meant?.tasks;
}

/** What an instruction that means no kind may have meant, in words that mean it, and that find something to do in the scope. */
export async function nearestKnown(
  parts: readonly Part[],
  instruction: string,
  breathe: () => Promise<void>,
): Promise<string | undefined> {
  const near = new Set(parts.flatMap(({ unit }) => nearlyMeant(instruction, editKinds, unit)));
  for (const kind of near) {
    const { hunks } = await proposeKnown(parts, sentence(kind), breathe);
    if (hunks.length > 0) return sentence(kind);
  }
  return undefined;
}
