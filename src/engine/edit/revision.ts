/** Edits by a model that revises texts as it is asked to (diffusion/revise.ts): used only where it is sure enough, and where what it makes of the lines fits into the file. */
import type { CodeModel, CompletionStep } from '../../diffusion/code-model';
import { applyPlace, editKinds } from '../../edits';
import { planEdits, type Hunk, type Region } from '../../edits/plan/plan';
import type { SourceUnit } from '../../edits/source';
import { applyEdits, dedented } from '../../edits/text';
import { hunksOf } from './answer/hunks';
import { fittedCode } from './answer/read';

/** Least probability of the least sure decision. Of 41 held-out edits at it 39 are right to the letter, at 0.7 50 of 55. */
const leastConfidence = 0.9;

export type RevisionOutcome =
  | { readonly kind: 'edited'; readonly hunks: readonly Hunk[]; readonly forwards: number; readonly confidence: number }
  /** Nothing was changed, or nothing that could be used. */
  | { readonly kind: 'none'; readonly forwards: number };

export interface Wish {
  readonly region: Region;
  readonly instruction: string;
  /** Names of the known edits that the words mean; none: what they mean is not known. */
  readonly kinds: readonly string[];
}

interface Watch {
  readonly signal: AbortSignal;
  readonly onStep: (step: CompletionStep) => void;
  readonly breathe: () => Promise<void>;
}

/** Asks once. Throws the signal's reason when aborted, between steps. */
export async function editByRevision(
  revise: NonNullable<CodeModel['revise']>,
  unit: SourceUnit,
  { region, instruction, kinds }: Wish,
  { signal, onStep, breathe }: Watch,
): Promise<RevisionOutcome> {
  const text = dedented(unit.text.slice(region.start, region.end));
  const revision = await revise({ text, instruction, onStep }, { signal, priority: 'interactive' });
  if (!revision || revision.text === text || revision.confidence < leastConfidence)
    return { kind: 'none', forwards: revision?.forwards ?? 0 };
  const { forwards, confidence } = revision;
  const read = fittedCode(unit, region, revision.text);
  const hunks = 'why' in read ? [] : await hunksOf(unit, region, read.lines, breathe);
  const mistaken = hunks.length > 0 && kinds.length > 0 && (await isAnotherKind(unit, region, hunks, kinds, breathe));
  return hunks.length === 0 || mistaken ? { kind: 'none', forwards } : { kind: 'edited', hunks, forwards, confidence };
}

/** Whether hunks do no more and no less than a known edit, other than those that were asked for, would: then the model has taken the words for another's. */
async function isAnotherKind(
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
