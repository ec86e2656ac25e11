/** What the outcomes say: means and spreads, the orderings that d1 reports, and the ablations. */
import { ablationArms, arms, mainArms, type ArmName } from './arms';
import type { Outcome } from './job';

export interface Spread {
  readonly mean: number;
  /** Sample standard deviation over seeds; 0 for a single one. */
  readonly spread: number;
  readonly seeds: number;
}

export interface Row {
  readonly arm: ArmName;
  readonly length: number;
  readonly remask: boolean;
  readonly accuracy: Spread;
  readonly solved: Spread;
  readonly tokens: number;
  /** Of the solved, the share in which a committed token was remasked and changed. */
  readonly correctedOfSolved: number;
}

/** Whether one arm is ahead of another at the length that was trained on: by means, and in how many seeds. */
export interface Ordering {
  readonly better: ArmName;
  readonly than: ArmName;
  readonly difference: number;
  readonly seedsWon: number;
  readonly seeds: number;
  readonly holds: boolean;
}

export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
  const squares = values.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  return { mean, spread: values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1)), seeds: values.length };
}

/** A row for each arm, length and way of sampling. */
export function rowsOf(outcomes: readonly Outcome[]): Row[] {
  return armsOf(outcomes).flatMap((arm) => {
    const own = outcomes.filter((o) => o.arm === arm);
    return own[0]!.evaluations.map(({ length, remask }, i): Row => {
      const found = own.map((o) => o.evaluations[i]!);
      return {
        arm,
        length,
        remask,
        accuracy: spreadOf(found.map((e) => e.accuracy)),
        solved: spreadOf(found.map((e) => e.solved)),
        tokens: spreadOf(found.map((e) => e.tokens)).mean,
        correctedOfSolved: spreadOf(found.map((e) => e.correctedOfSolved)).mean,
      };
    });
  });
}

/** The seed's two modes: what training gains where the answer may take no longer than the base's, and where the trace may be longer; and what remasking does. */
export interface Modes {
  readonly arm: ArmName;
  /** Accuracy over the base's at the length trained on, so with as many denoising steps. */
  readonly atEqualLatency: Spread;
  /** Accuracy at the longest canvas over that of the base at the length trained on. */
  readonly whenLonger: Spread;
  /** Accuracy with remasking over that without, mean over lengths. */
  readonly byRemasking: Spread;
  /** Of the puzzles solved with remasking, the share in which a committed token was remasked and changed, mean over lengths. */
  readonly correctedOfSolved: Spread;
}

export function modesOf(outcomes: readonly Outcome[], trained: number): Modes[] {
  const longest = Math.max(...outcomes.flatMap((o) => o.evaluations.map((e) => e.length)));
  const mean = (values: readonly number[]): number => spreadOf(values).mean;
  const base = outcomes.find((o) => o.arm === 'base');
  return armsOf(outcomes).map((arm): Modes => {
    const own = outcomes.filter((o) => o.arm === arm);
    const over = (length: number): Spread =>
      spreadOf(base ? own.map((o) => accuracyAt(o, length) - accuracyAt(base, trained)) : []);
    const remasked = (o: Outcome): Outcome['evaluations'] => o.evaluations.filter((e) => e.remask);
    return {
      arm,
      atEqualLatency: over(trained),
      whenLonger: over(longest),
      byRemasking: spreadOf(own.map((o) => mean(remasked(o).map((e) => e.accuracy - accuracyAt(o, e.length))))),
      correctedOfSolved: spreadOf(own.map((o) => mean(remasked(o).map((e) => e.correctedOfSolved)))),
    };
  });
}

/** d1's orderings, as far as their arms have been run. */
export function orderingsOf(outcomes: readonly Outcome[], length: number): Ordering[] {
  const pairs = [['d1', 'grpo'], ['grpo', 'sft'], ['grpo', 'base'], ['sft', 'base'], ['grpo', 'unmasked'], ['coupled', 'grpo'], ['espo', 'grpo']] as const; // prettier-ignore
  return pairs.flatMap(([better, than]) => {
    const [one, two] = [better, than].map((arm) => accuracies(outcomes, arm, length)) as [number[], number[]];
    if (one.length === 0 || two.length === 0) return [];
    // The base is one and the same for all seeds.
    const against = (i: number): number => two[Math.min(i, two.length - 1)]!;
    const difference = spreadOf(one).mean - spreadOf(two).mean;
    return [{ better, than, difference, seedsWon: one.filter((a, i) => a > against(i)).length, seeds: one.length, holds: difference > 0 }]; // prettier-ignore
  });
}

/** Of one arm, by seed. */
function accuracies(outcomes: readonly Outcome[], arm: ArmName, length: number): number[] {
  return outcomes
    .filter((o) => o.arm === arm)
    .sort((a, b) => a.seed - b.seed)
    .map((o) => accuracyAt(o, length));
}

/** Without remasking. */
function accuracyAt(o: Outcome, length: number): number {
  return o.evaluations.find((e) => e.length === length && !e.remask)!.accuracy;
}

/** The arms that have been run, in the table's order. */
function armsOf(outcomes: readonly Outcome[]): ArmName[] {
  return [...mainArms, ...ablationArms].filter((name) => outcomes.some((o) => o.arm === name));
}

/** The table for people. */
export function tableOf(rows: readonly Row[], orderings: readonly Ordering[], modes: readonly Modes[]): string[] {
  const lengths = [...new Set(rows.map((r) => r.length))];
  const percent = (s: Spread): string => `${(100 * s.mean).toFixed(1)} ± ${(100 * s.spread).toFixed(1)}`.padStart(12);
  const cells = (arm: ArmName, remask: boolean): string =>
    lengths.map((length) => percent(rows.find((r) => r.arm === arm && r.length === length && r.remask === remask)!.accuracy)).join(''); // prettier-ignore
  const names = [...new Set(rows.map((r) => r.arm))];
  const title = (text: string): string => text.padEnd(32);
  return [
    `${title('accuracy, %')}${lengths.map((n) => `${n} tokens`.padStart(12)).join('')}    the same with remasking`,
    ...names.map((arm) => `${title(arms[arm].name)}${cells(arm, false)}   ${cells(arm, true)}`),
    ...orderings.map((o) => `${arms[o.better].name} against ${arms[o.than].name}: ${o.difference >= 0 ? '+' : ''}${(100 * o.difference).toFixed(1)} points, ahead in ${o.seedsWon} of ${o.seeds} seeds`), // prettier-ignore
    `${title('points')}${['equal latency', 'when longer', 'by remasking', 'corrected, %'].map((text) => text.padStart(15)).join('')}`,
    ...modes.map((m) => `${title(arms[m.arm].name)}${[m.atEqualLatency, m.whenLonger, m.byRemasking, m.correctedOfSolved].map((s) => percent(s).padStart(15)).join('')}`), // prettier-ignore
  ];
}
