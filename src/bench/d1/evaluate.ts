/** Scores on held-out puzzles, by completion length, with and without remasking. */
import type { StepModel } from '../../model/step-model';
import { Random } from '../../training/random';
import { completionTokens, sampleCompletions } from '../../training/rollout/sample';
import { decode, endToken, paddedPrompt } from './alphabet';
import { grpo, remaskEta } from './settings';
import { promptLength, type D1Task } from './task';

export interface Evaluation {
  readonly length: number;
  readonly remask: boolean;
  /** d1's measure of the task, mean over the held-out puzzles. */
  readonly accuracy: number;
  /** Share of puzzles that are right as a whole. */
  readonly solved: number;
  /** Denoising steps of the whole set; the same for every arm at the same length. */
  readonly forwards: number;
  readonly seconds: number;
  /** Mean number of tokens up to the end. */
  readonly tokens: number;
  /** Of the puzzles solved, the share in which a committed token was remasked and changed. */
  readonly correctedOfSolved: number;
}

/** One score: arg-max decoding, two tokens a step, as d1 evaluates. */
export async function evaluate<P>(
  model: StepModel,
  task: D1Task<P>,
  puzzles: readonly P[],
  options: { readonly length: number; readonly remask: boolean },
  signal?: AbortSignal,
): Promise<Evaluation> {
  const started = performance.now();
  const rollouts = await sampleCompletions(
    model,
    {
      prompts: puzzles.map((p) => paddedPrompt(task.prompt(p), promptLength)),
      group: 1,
      completionLength: options.length,
      blockLength: grpo.blockLength,
      schedule: { steps: options.length / grpo.tokensPerStep },
      temperature: 0,
      random: Random.seeded(1),
      cache: 'dual',
      ...(options.remask ? { remask: { eta: remaskEta } } : {}),
    },
    signal,
  );
  const scores = puzzles.map((p, b) => task.score(p, decode(completionTokens(rollouts, b, endToken))));
  const solved = scores.filter((s) => s.solved).length;
  const corrected = scores.filter((s, b) => s.solved && rollouts.corrected[b]! > 0).length;
  return {
    ...options,
    accuracy: scores.reduce((sum, s) => sum + s.accuracy, 0) / puzzles.length,
    solved: solved / puzzles.length,
    forwards: rollouts.forwards,
    seconds: (performance.now() - started) / 1000,
    tokens: rollouts.lengths.reduce((a, b) => a + b, 0) / puzzles.length,
    correctedOfSolved: solved === 0 ? 0 : corrected / solved,
  };
}
