/** Edits by a model that revises texts as it is asked to (diffusion/revise.ts): used only where it is sure enough, and where what it makes of the lines fits into the file. */
import type { CodeModel, CompletionStep, Revision } from '../../diffusion/code-model';
import { applyPlace, editKinds, type EditKind } from '../../edits';
import { planEdits, type Hunk, type Region } from '../../edits/plan/plan';
import type { SourceUnit } from '../../edits/source';
import { applyEdits, dedented } from '../../edits/text';
import { hunksOf } from './answer/hunks';
import { fittedCode } from './answer/read';

/** Least probability of the least sure decision. Of 41 held-out edits at it 39 are right to the letter, at 0.7 50 of 55. */
const leastConfidence = 0.9;

export type RevisionOutcome =
  | { readonly kind: 'edited'; readonly hunks: readonly Hunk[]; readonly forwards: number; readonly confidence: number }
  /** What the model did is what a known edit does, which is proved to be safe: the words are taken to mean that. `hunks` are that edit's. */
  | { readonly kind: 'known'; readonly edit: EditKind; readonly hunks: readonly Hunk[]; readonly forwards: number }
  | Extract<Revision, { kind: 'too-long' }>
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
  const revision = await revise({ text, instruction, leastConfidence, onStep }, { signal, priority: 'interactive' });
  if (revision.kind === 'too-long') return revision;
  const { forwards } = revision;
  if (revision.kind === 'given-up' || revision.text === text) return { kind: 'none', forwards };
  const { confidence } = revision;
  const read = fittedCode(unit, region, revision.text);
  const hunks = 'why' in read ? [] : await hunksOf(unit, region, read.lines, breathe);
  if (hunks.length === 0) return { kind: 'none', forwards };
  const known = await knownEditLike(unit, region, hunks, kinds, breathe);
  if (!known) return { kind: 'edited', hunks, forwards, confidence };
  // Where a known edit was asked for, the model has taken the words for another's.
  return kinds.length > 0 ? { kind: 'none', forwards } : { kind: 'known', ...known, forwards };
}

/** The known edit, other than those that were asked for, that does in the region (or in one place of it) no more and no less than hunks would. */
async function knownEditLike(
  unit: SourceUnit,
  region: Region,
  hunks: readonly Hunk[],
  asked: readonly string[],
  breathe: () => Promise<void>,
): Promise<{ edit: EditKind; hunks: readonly Hunk[] } | undefined> {
  const goal = applyEdits(unit.text, hunks.flatMap((h) => h.changes)); // prettier-ignore
  for (const edit of editKinds.filter(({ name }) => !asked.includes(name))) {
    await breathe();
    const place = edit.find(unit).find((each) => applyPlace(unit, each) === goal);
    const only = place && { find: (u: SourceUnit) => (u === unit ? [place] : []) };
    const planned = await planEdits(unit, [{ kind: edit, ...only }], region, { breathe });
    if (applyEdits(unit.text, planned.flatMap((h) => h.changes)) === goal) return { edit, hunks: planned }; // prettier-ignore
  }
  return undefined;
}
