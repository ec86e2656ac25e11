/**
 * What the text around a gap says of the gap: what followed the same tokens elsewhere follows them here (a cache of n-grams: Tu, Su and Devanbu, "On the
 * localness of software", 2014), and, since a gap has two sides, what preceded the same tokens. It reaches further than the model's window, and needs no training.
 */
import { topCandidates } from '../model/step-graph';
import type { CodeTokenizer } from '../model/tokenizer';
import { cutEnd, cutStart } from './window';

/** Fewest and most tokens that must agree for their neighbour to be counted, and how far the model is believed against it. */
export interface CopyWeights {
  readonly least: number;
  readonly most: number;
  /** The model's weight, in sightings, for each different token that was seen: 1 is Witten and Bell's estimate. */
  readonly strength: number;
}

/** What filled most gaps of training packages exactly, of a few values each (docs/pretraining.md). */
export const copyWeights: CopyWeights = { least: 3, most: 8, strength: 3 };
/** As well, for telling the right text of a place from a wrong one: of what is compared nothing is made up, so a single neighbour may speak. */
export const comparingWeights: CopyWeights = { least: 1, most: 8, strength: 6 };

/** Characters on each side of a gap that are copied from. */
const reach = 8_000;

/** The texts around a gap, and others (their ends matter most), as tokens to copy from. */
export function copySource(
  tokenizer: CodeTokenizer,
  around: { readonly prefix: string; readonly suffix: string; readonly context?: string },
  weights = copyWeights,
): CopySource {
  const texts = [cutStart(around.context ?? '', reach), cutStart(around.prefix, reach), cutEnd(around.suffix, reach)];
  return new CopySource(
    texts.map((text) => tokenizer.encodeLines(text)),
    weights,
  );
}

/** Tokens for one position, best first. */
export interface Ranking {
  readonly p: Float32Array;
  readonly id: Int32Array;
}

/** Seen beside a context, by the number of its tokens that agreed. */
type Sightings = Map<number, number>[];

/** Stands between texts that do not follow each other, and agrees with nothing. */
const seam = -1;
/** Agrees not even with a seam. */
const nothing = -2;
/** Neighbours that must agree for a length to be believed: on each side, and on both together. */
const leastAgreement = { side: 2, both: 6 } as const;

/** The tokens of the texts at hand. */
export class CopySource {
  private readonly tokens: Int32Array;
  private readonly places = new Map<number, number[]>();

  /** `texts`: token ids; what does not stand in one piece in the document stands in several. */
  constructor(
    texts: readonly (readonly number[])[],
    private readonly weights: CopyWeights = copyWeights,
  ) {
    this.tokens = Int32Array.from(texts.flatMap((text) => [seam, ...text, seam]));
    this.tokens.forEach((token, at) => {
      if (token === seam) return;
      const places = this.places.get(token);
      if (places) places.push(at);
      else this.places.set(token, [at]);
    });
  }

  /**
   * The model's ranking of a position, laid under what was seen beside the same neighbours. `at(k)`: the token k places to the right, negative ones to the left;
   * undefined where masked or outside.
   */
  mixed(model: Ranking, at: (k: number) => number | undefined, allowed: (token: number) => boolean): Ranking {
    const around = this.around(at, allowed);
    if (around.length === 0) return model;
    const rest = model.p[model.p.length - 1]! / 2;
    const p = new Map<number, number>();
    for (const seen of around) for (const token of seen.keys()) p.set(token, rest);
    model.id.forEach((token, i) => p.set(token, model.p[i]!));
    for (const seen of around) this.lay(seen, p);
    const ranked = [...p].sort((a, b) => b[1] - a[1]).slice(0, topCandidates);
    return { p: Float32Array.from(ranked, (r) => r[1]), id: Int32Array.from(ranked, (r) => r[0]) };
  }

  /** The model's probability of one token, laid under what was seen beside the same neighbours: see `mixed`. */
  probability(token: number, model: number, at: (k: number) => number | undefined): number {
    const p = new Map([[token, model]]);
    for (const seen of this.around(at, () => true)) this.lay(seen, p);
    return p.get(token)!;
  }

  /**
   * The number of tokens, at most `most`, that stood elsewhere between neighbours like these (each from the gap outwards): where the most of them agree. Null
   * where too few do.
   */
  lengthBetween(left: readonly number[], right: readonly number[], most: number): number | null {
    let [length, best] = [0, leastAgreement.both - 1];
    for (const place of this.places.get(left[0]!) ?? []) {
      const before = this.agreeing(place, -1, (k) => left[k]);
      if (before < leastAgreement.side) continue;
      for (let n = 1; n <= most && this.tokens[place + n] !== seam; n++) {
        const after = this.agreeing(place + 1 + n, 1, (k) => right[k]);
        if (after >= leastAgreement.side && before + after > best) [length, best] = [n, before + after];
      }
    }
    return length === 0 ? null : length;
  }

  /** Number of tokens from a place of the source on that agree, up to `most` of the weights. */
  private agreeing(place: number, step: -1 | 1, neighbour: (k: number) => number | undefined): number {
    let n = 0;
    while (n < this.weights.most && this.tokens[place + step * n] === (neighbour(n) ?? nothing)) n++;
    return n;
  }

  private lay(seen: Sightings[number], p: Map<number, number>): void {
    let total = 0;
    for (const count of seen.values()) total += count;
    const trust = this.weights.strength * seen.size;
    for (const [token, before] of p) p.set(token, ((seen.get(token) ?? 0) + trust * before) / (total + trust));
  }

  /** What was seen beside the same neighbours, of the left and then of the right, in the order in which it is laid over a prediction. */
  private around(at: (k: number) => number | undefined, allowed: (token: number) => boolean): Sightings {
    return ([-1, 1] as const).flatMap((side) => this.beside((k) => at(side * (k + 1)), side, allowed));
  }

  /** What stood on the far side of the same neighbours, from `least` agreeing tokens up to where none were seen. */
  private beside(neighbour: (k: number) => number | undefined, side: -1 | 1, allowed: (token: number) => boolean): Sightings {
    const { least } = this.weights;
    const nearest = neighbour(0);
    const sightings: Sightings = [];
    for (const place of this.places.get(nearest ?? nothing) ?? []) {
      const token = this.tokens[place - side]!;
      if (token === seam || !allowed(token)) continue;
      const agreeing = this.agreeing(place, side, neighbour);
      for (let n = least; n <= agreeing; n++) {
        const seen = (sightings[n - least] ??= new Map<number, number>());
        seen.set(token, (seen.get(token) ?? 0) + 1);
      }
    }
    return sightings;
  }
}
