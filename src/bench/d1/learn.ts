/** Supervised parts of the experiment: the base on its corpus, and masked SFT on traces. */
import { TrainingSession } from '../../training/graph/training-session';
import { cpuTraining } from '../../training/graph/lowering';
import { weightedCrossEntropy } from '../../training/graph/losses';
import { maskedBatch } from '../../training/objectives/masked';
import { muon } from '../../training/optimiser/muon';
import { linearDecay, warmUp } from '../../training/optimiser/schedule';
import type { Batch } from '../../training/batch';
import type { Parameter } from '../../training/parameters';
import type { Random } from '../../training/random';
import { Trainer } from '../../training/trainer';
import { endToken, maskToken } from './alphabet';
import { freshPuzzles, laidOut, tokensOf } from './corpus';
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

/** Masked diffusion on the task's base corpus, in canvases of any of the lengths that are scored; held-out puzzles are kept out. */
export async function learnBase<P>(task: D1Task<P>, heldOut: readonly P[], o: LearnOptions): Promise<number> {
  const puzzle = freshPuzzles(task, heldOut, o.random);
  const { sequences } = supervised.base;
  return learn(
    () => {
      const room = lengths[o.random.below(lengths.length)]!;
      return canvases(
        Array.from({ length: sequences }, () => task.baseDocument(puzzle(), room, o.random)),
        room,
        o.random,
      );
    },
    supervised.base,
    o,
  );
}

/** SFT on traces, in canvases as the base's, of those lengths that they fit. */
export async function learnTraces(documents: readonly Document[], o: LearnOptions): Promise<number> {
  const fitting = lengths.map((room) => documents.filter((d) => tokensOf(d) <= room));
  return learn(
    () => {
      const at = o.random.below(lengths.length);
      const drawn = Array.from({ length: supervised.sft.sequences }, () => fitting[at]![o.random.below(fitting[at]!.length)]!);
      return canvases(drawn, lengths[at]!, o.random);
    },
    supervised.sft,
    o,
  );
}

/**
 * What is left of a canvas after its document is filled with end tokens, which are masked and learnt as all others (LLaDA, arXiv 2502.09992, section 2.3).
 * By d1's rule, which hides them, a network so small comes to believe that every canvas ends where its answer ends: with room to spare it scores nothing.
 */
function canvases(documents: readonly Document[], room: number, random: Random): Batch {
  const [batch, length] = [documents.length, promptLength + room];
  const ids = new Int32Array(batch * length).fill(endToken);
  const learnt = new Uint8Array(batch * length);
  documents.forEach((document, b) => {
    const { prompt, completion } = laidOut(document, room);
    ids.set([...prompt, ...completion].slice(0, length), b * length);
    learnt.fill(1, b * length + promptLength, (b + 1) * length);
  });
  const noise = { levels: 'stratified', masks: 'counted' } as const;
  return maskedBatch({ batch, length, ids, learnt }, { maskToken, noise }, random);
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
    // At least one: setting up may use a small budget up.
    do {
      const { loss } = await trainer.update([next()], { share: o.share(), ...(o.signal ? { signal: o.signal } : {}) });
      updates++;
      o.onUpdate?.({ update: updates, loss });
    } while (o.share() < 1);
    return updates;
  } finally {
    await trainer.dispose();
  }
}
