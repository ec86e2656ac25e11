/** Supervised parts of the experiment: the base on its corpus, and d1's masked SFT on traces. */
import { TrainingSession } from '../../training/graph/training-session';
import { cpuTraining } from '../../training/graph/lowering';
import { weightedCrossEntropy } from '../../training/graph/losses';
import { maskedBatch } from '../../training/objectives/masked';
import { noisedExamples, sftBatch } from '../../training/objectives/sft';
import { muon } from '../../training/optimiser/muon';
import { linearDecay, warmUp } from '../../training/optimiser/schedule';
import type { Batch } from '../../training/batch';
import type { Parameter } from '../../training/parameters';
import type { Random } from '../../training/random';
import { Trainer } from '../../training/trainer';
import { endToken, maskToken } from './alphabet';
import { freshPuzzles, heldOutPuzzles, tokenised } from './corpus';
import { countdown } from './countdown';
import { sudoku } from './sudoku';
import { network, supervised } from './settings';
import { lengths, promptLength, type D1Task, type Document } from './task';

export interface LearnOptions {
  readonly parameters: readonly Parameter[];
  readonly random: Random;
  readonly threads: number;
  /** Share of the budget that is used; ends at 1. */
  readonly share: () => number;
  readonly signal?: AbortSignal;
  readonly onUpdate?: (update: { readonly update: number; readonly loss: number }) => void;
}

/**
 * Masked diffusion on the base corpus: documents of both tasks. Canvases have any of the lengths that are scored, and what is left of one after the document
 * is filled with end tokens that count: the base must know how to fill any canvas.
 */
export async function learnBase(o: LearnOptions): Promise<number> {
  const { sequences } = supervised.base;
  const sources = [documentsOf(sudoku, o.random), documentsOf(countdown, o.random)];
  const next = (): Batch => {
    const room = lengths[o.random.below(lengths.length)]!;
    const length = promptLength + room;
    const ids = new Int32Array(sequences * length).fill(endToken);
    const learnt = new Uint8Array(sequences * length);
    for (let b = 0; b < sequences; b++) {
      const { prompt, completion } = tokenised(sources[b % sources.length]!(room));
      ids.set([...prompt, ...completion].slice(0, length), b * length);
      learnt.fill(1, b * length + promptLength, (b + 1) * length);
    }
    const noise = { levels: 'stratified', masks: 'counted' } as const;
    return maskedBatch({ batch: sequences, length, ids, learnt }, { maskToken, noise }, o.random);
  };
  return learn(next, supervised.base, o);
}

function documentsOf<P>(task: D1Task<P>, random: Random): (room: number) => Document {
  const puzzle = freshPuzzles(task, heldOutPuzzles(task), random);
  return (room) => task.baseDocument(puzzle(), room, random);
}

/** d1's SFT: the prompt stays clean, completion tokens up to the first end token are masked and learnt. */
export async function learnTraces(documents: readonly Document[], o: LearnOptions): Promise<number> {
  const examples = documents.map(tokenised);
  const length = promptLength + lengths[1];
  const next = (): Batch => {
    const drawn = Array.from({ length: supervised.sft.sequences }, () => examples[o.random.below(examples.length)]!);
    return sftBatch(noisedExamples(drawn, { length, maskToken, endToken }, o.random));
  };
  return learn(next, supervised.sft, o);
}

async function learn(
  next: () => Batch,
  recipe: { readonly learningRate: number; readonly sequences: number; readonly warmUp: number },
  o: LearnOptions,
): Promise<number> {
  const session = await TrainingSession.create(network, o.parameters, {
    lowering: cpuTraining,
    batch: recipe.sequences,
    length: 'L',
    loss: weightedCrossEntropy,
    threads: o.threads,
  });
  const trainer = new Trainer({
    session,
    optimiser: await muon(o.parameters, { weightDecay: 0.01, threads: o.threads }),
    schedule: warmUp(recipe.warmUp, linearDecay(recipe.learningRate, { from: 0.3, floor: recipe.learningRate / 20 })),
    clip: 1,
  });
  try {
    let updates = 0;
    while (o.share() < 1) {
      const { loss } = await trainer.update([next()], { share: o.share(), ...(o.signal ? { signal: o.signal } : {}) });
      updates++;
      o.onUpdate?.({ update: updates, loss });
    }
    return updates;
  } finally {
    await trainer.dispose();
  }
}
