/** Edits by a model that revises texts as it is asked to (diffusion/revise.ts): used only where it is sure enough, and where what it makes of the lines fits into the file. */
import type { CodeModel, CompletionStep } from '../../diffusion/code-model';
import { applyPlace, editKinds } from '../../edits';
import { planEdits, type Hunk, type Region } from '../../edits/plan/plan';
import type { SourceUnit } from '../../edits/source';
import { hunksOf } from './answer/hunks';
import { fittedCode } from './answer/read';
import { applyEdits, dedented } from '../../edits/text';

/** Least probability of the least sure decision. Of held-out edits at it nine of ten are right to the letter; at 0.7 three of four. */
const leastConfidence = 0.9;

export type RevisionOutcome =
  | { readonly kind: 'edited'; readonly hunks: readonly Hunk[]; readonly forwards: number; readonly confidence: number }
  /** Nothing was changed, or nothing that could be used. */
  | { readonly kind: 'none'; readonly forwards: number };

interface Watch {
  readonly signal: AbortSignal;
  readonly onStep: (step: CompletionStep) => void;
  readonly breathe: () => Promise<void>;
}

/** Asks once. Throws the signal's reason when aborted, between steps. */
export async function editByRevision(
  revise: NonNullable<CodeModel['revise']>,
  unit: SourceUnit,
  { region, instruction }: { readonly region: Region; readonly instruction: string },
  { signal, onStep, breathe }: Watch,
): Promise<RevisionOutcome> {
  const text = dedented(unit.text.slice(region.start, region.end));
  const revision = await revise({ text, instruction, onStep }, { signal, priority: 'interactive' });
  if (!revision || revision.text === text || revision.confidence < leastConfidence)
    return { kind: 'none', forwards: revision?.forwards ?? 0 };
  const { forwards, confidence } = revision;
  const read = fittedCode(unit, region, revision.text);
  const hunks = 'why' in read ? [] : await hunksOf(unit, region, read.lines, breathe);
  return hunks.length === 0 ? { kind: 'none', forwards } : { kind: 'edited', hunks, forwards, confidence };
}

/** Whether hunks do no more and no less than a known edit, other than those that were asked for, would: then the model has taken the words for another's. */
export async function isAnotherKind(
  unit: SourceUnit,
  region: Region,
  hunks: readonly Hunk[],
  asked: readonly string[],
  breathe: () => Promise<void>,
): Promise<boolean> {
  const goal = applyEdits(unit.text, hunks.flatMap((h) => h.changes)); // prettier-ignore
  for (const kind of editKinds.filter(({ name }) => !asked.includes(name))) {
    await breathe();
    if (kind.find(unit).some((place) => applyPlace(unit, place) === goal)) return true;
    const everywhere = await planEdits(unit, [{ kind }], region, { breathe });
    if (applyEdits(unit.text, everywhere.flatMap((h) => h.changes)) === goal) return true; // prettier-ignore
  }
  return false;
}
