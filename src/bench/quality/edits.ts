/** Instructed edits that the model makes by itself, by revision (diffusion/revise.ts), on held-out functions. */
import { revise } from '../../diffusion/revise';
import { textOnlyBias } from '../../diffusion/text-model';
import { structureOf } from '../../diffusion/variable-length';
import { loadTypescript } from '../../edits/source';
import type { StepModel } from '../../model/step-model';
import type { CodeTokenizer } from '../../model/tokenizer';
import { readEditTasks } from '../../training/tasks/edits/edit-tasks';
import { parseFragment } from '../../training/tasks/edits/fragment';
import type { Edits } from './job';
import { shareOfTrue } from './shares';

export interface EditMaterial {
  /** Folder of `npm run tasks`. */
  readonly tasks: string;
  /** Edits of each kind, at most. */
  readonly each: number;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

interface Outcome {
  readonly kind: string;
  readonly exact: boolean;
  readonly parses: boolean;
  /** Of the least sure decision; 0 where no end was found. */
  readonly confidence: number;
}

/** Confidence from which edits are offered. */
const sureFrom = [0.5, 0.7, 0.9] as const;

/** One try each. Null where the tokenizer has no labels for it. Throws CorpusError where there are no tasks, and the signal's reason when aborted. */
export async function measureEdits(model: StepModel, tokenizer: CodeTokenizer, m: EditMaterial): Promise<Edits | null> {
  const structure = structureOf({ tokenizer, textOnly: textOnlyBias(model, tokenizer) });
  if (!structure) return null;
  const outcomes: Outcome[] = [];
  const asked = new Map<string, number>();
  for (const { kind, instruction, before, after, path } of await readEditTasks(m.tasks, 'held-out')) {
    const count = (asked.get(kind) ?? 0) + 1;
    if (count > m.each) continue;
    asked.set(kind, count);
    m.say(`edits: ${outcomes.length + 1}, ${kind}`);
    const found = await revise({ model, tokenizer }, structure, { text: before, instruction }, (work) => work(), m.signal);
    const { text, confidence } = found.kind === 'revised' ? found : { text: undefined, confidence: 0 };
    const parses = text !== undefined && parseFragment(loadTypescript(), path, text) !== undefined;
    outcomes.push({ kind, exact: text === after, parses, confidence });
  }
  const shares = (some: readonly Outcome[]): Pick<Edits, 'exact' | 'parses'> => ({
    exact: shareOfTrue(some.map((o) => o.exact)),
    parses: shareOfTrue(some.map((o) => o.parses)),
  });
  return {
    ...shares(outcomes),
    sure: sureFrom.map((confidence) => {
      const isShown = (o: Outcome): boolean => o.parses && o.confidence >= confidence;
      return {
        confidence,
        shown: shareOfTrue(outcomes.map(isShown)),
        right: shareOfTrue(outcomes.filter(isShown).map((o) => o.exact)),
      };
    }),
    kinds: [...asked.keys()].map((kind) => ({ kind, ...shares(outcomes.filter((o) => o.kind === kind)) })),
  };
}
