/**
 * What weights of the model's opinion would put the right change where: `npx tsx test/unit/repair/dev/weigh.ts FILE...` with what `rank.ts` printed. The figure is
 * the mean of log(1 + candidates before the right one), over the tasks where the right change is among the candidates.
 */
import { readFileSync } from 'node:fs';

interface Task {
  readonly rank: number;
  readonly candidates: readonly {
    readonly base: number;
    readonly gain: number | null;
    readonly tokens: number | null;
    readonly surprise: number | null;
    readonly proof: number | null;
    readonly right: boolean;
  }[];
}

interface Weights {
  readonly weight: number;
  readonly inFavour: number;
  readonly perTokenMore: number;
  readonly perTokenLess: number;
  /** Of a proofreader: its weight, and the nats in favour beyond which it says no more. */
  readonly proof: number;
  readonly proofInFavour: number;
}

const tasks = process.argv
  .slice(2)
  .flatMap((file) => readFileSync(file, 'utf8').trim().split('\n'))
  .map((line) => JSON.parse(line) as Task)
  .filter(({ rank }) => rank >= 0);

function figure({ weight, inFavour, perTokenMore, perTokenLess, proof, proofInFavour }: Weights): number {
  let sum = 0;
  for (const { candidates } of tasks) {
    const scores = candidates.map(({ base, gain, tokens, surprise, proof: read }) => {
      const opinion = weight * Math.max(-12, Math.min(inFavour, surprise ?? gain ?? 0));
      // What surprise has judged replaces one token by one.
      const added = surprise === null ? (tokens ?? 0) : 0;
      const proofread = proof * Math.max(-12, Math.min(proofInFavour, read ?? 0));
      return base + opinion + proofread - perTokenMore * Math.max(0, added) - perTokenLess * Math.max(0, -added);
    });
    const best = Math.max(...scores.filter((_, i) => candidates[i]!.right));
    sum += Math.log(1 + scores.filter((score) => score > best).length);
  }
  return sum / tasks.length;
}

const none: Weights = { weight: 0, inFavour: 0, perTokenMore: 0, perTokenLess: 0, proof: 0, proofInFavour: 0 };
const asShipped: Weights = { weight: 0.15, inFavour: 5, perTokenMore: 0.45, perTokenLess: 0.1, proof: 0, proofInFavour: 0 };
console.log(
  `${tasks.length} tasks; without a model ${figure(none).toFixed(3)}, by what hidden tokens say ${figure(asShipped).toFixed(3)}`,
);
const proofs = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7].flatMap((proof) => (proof === 0 ? [0] : [0, 1, 3, 5, 12]).map((proofInFavour) => ({ proof, proofInFavour }))); // prettier-ignore
const found: (Weights & { readonly figure: number })[] = [];
for (const weight of [0, 0.05, 0.1, 0.15, 0.2])
  for (const inFavour of [1, 3, 5])
    for (const perTokenMore of [0, 0.2, 0.45])
      for (const perTokenLess of [0, 0.1])
        for (const proof of proofs) {
          const weights = { weight, inFavour, perTokenMore, perTokenLess, ...proof };
          found.push({ ...weights, figure: figure(weights) });
        }
found.sort((a, b) => a.figure - b.figure);
for (const one of found.slice(0, 12)) console.log(one.figure.toFixed(3), JSON.stringify(one));
