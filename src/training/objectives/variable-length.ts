/**
 * Infill of unknown length (DreamOn, arXiv 2602.01326): a mask may be predicted as `expand`, which turns it into two masks, or as `delete`, which takes
 * it away. Here are the canvases that teach it, and the oracle that undoes them.
 *
 * A gap of n tokens becomes cells, each standing for ("covering") a run of the gap's tokens:
 * 1. t ~ U(0,1); each token is masked with probability t.
 * 2. D cells that cover nothing are appended after the gap, D uniform in 0 .. maxDelete; they are always masked.
 * 3. From left to right a masked token takes its masked right neighbour in with probability p, chains included: the run becomes one masked cell
 *    that covers all of it. p: see MergeRule. (In the authors' code the last token may also take in one of D; here it may not.)
 * Target of a masked cell: `delete` if it covers nothing, the token if it covers one, `expand` if more. Visible cells are the tokens themselves and are not learnt.
 */
import type { Random } from '../random';

export type MergeRule =
  /** p = mergeShare. */
  | 'static'
  /** p = mergeShare * (visible share of the gap). */
  | 'inverse'
  /** One or the other, each for half of the gaps: the authors' choice. */
  | 'mixed'
  /** p uniform in 0 .. 0.95: also gaps of a few masks for many tokens, where a short first canvas begins. */
  | 'any';

export interface GapOptions {
  /** Default `mixed`. */
  readonly merge?: MergeRule;
  /** Default 0.5. */
  readonly mergeShare?: number;
  /** Most superfluous masks. Default 64. */
  readonly maxDelete?: number;
}

export interface GapCell {
  readonly masked: boolean;
  /** First token of the gap that the cell stands for, and their number. */
  readonly start: number;
  readonly covers: number;
}

export interface GapCanvas {
  readonly cells: readonly GapCell[];
  /** Noise level of the gap. */
  readonly t: number;
}

/** A random canvas for a gap of n tokens. */
export function drawGap(n: number, options: GapOptions, random: Random): GapCanvas {
  const t = random.uniform();
  const masked = Array.from({ length: n }, () => random.uniform() < t);
  const p = mergeProbability(masked.filter(Boolean).length / Math.max(1, n), options, random);
  const cells: GapCell[] = [];
  for (let i = 0; i < n;) {
    let end = i + 1;
    while (masked[i] && end < n && masked[end] && random.uniform() < p) end++;
    cells.push({ masked: masked[i]!, start: i, covers: end - i });
    i = end;
  }
  const deletes = random.below((options.maxDelete ?? 64) + 1);
  for (let i = 0; i < deletes; i++) cells.push({ masked: true, start: n, covers: 0 });
  return { cells, t };
}

function mergeProbability(maskedShare: number, options: GapOptions, random: Random): number {
  const share = options.mergeShare ?? 0.5;
  const rule = options.merge ?? 'mixed';
  if (rule === 'any') return 0.95 * random.uniform();
  const inverse = rule === 'inverse' || (rule === 'mixed' && random.uniform() >= 0.5);
  return inverse ? share * (1 - maskedShare) : share;
}

/**
 * What a perfect model's answer for one cell makes of the canvas: a token is written, a superfluous mask goes, and a mask of several tokens becomes
 * two, the first of which covers the larger half.
 */
export function resolveCell(cells: readonly GapCell[], at: number): GapCell[] {
  const cell = cells[at]!;
  const half = Math.ceil(cell.covers / 2);
  const becomes: GapCell[] =
    cell.covers === 0
      ? []
      : cell.covers === 1
        ? [{ ...cell, masked: false }]
        : [
            { masked: true, start: cell.start, covers: half },
            { masked: true, start: cell.start + half, covers: cell.covers - half },
          ];
  return [...cells.slice(0, at), ...becomes, ...cells.slice(at + 1)];
}
