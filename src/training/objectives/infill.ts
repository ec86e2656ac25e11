/** Batches for infill of unknown length: prefix, a gap's canvas (see variable-length.ts), suffix. */
import { shareRoom } from '../../diffusion/window';
import type { Batch } from '../batch';
import type { Random } from '../random';
import { smallestT } from './noise';
import { Rows } from './sequences';
import { drawGap, type GapCanvas, type GapCell, type GapOptions } from './variable-length';

export interface InfillExample {
  readonly prefix: readonly number[];
  readonly middle: readonly number[];
  readonly suffix: readonly number[];
}

export interface InfillOptions extends GapOptions {
  /** Tokens in a canvas. */
  readonly length: number;
  readonly maskToken: number;
  /** Fills up short canvases; hidden. */
  readonly endToken: number;
  readonly expandToken: number;
  readonly deleteToken: number;
  /**
   * Weight of a masked token or `expand` at noise level t: `elbo` 1/t (default; whole gaps of masks, where sampling starts, count in full); `counted` n/k where k
   * of the gap's n tokens were masked, the same in expectation but for gaps without any mask, and of less variance; or `linear` 1 - t, as DreamOn's recipe.
   */
  readonly weight?: 'elbo' | 'counted' | 'linear';
}

/** The id that a masked cell is to be predicted as. */
export function cellTarget(
  cell: GapCell,
  middle: readonly number[],
  o: Pick<InfillOptions, 'expandToken' | 'deleteToken'>,
): number {
  if (cell.covers === 0) return o.deleteToken;
  return cell.covers === 1 ? middle[cell.start]! : o.expandToken;
}

/**
 * A batch of gaps. Loss = sum over examples of (sum of weighted CE + mean CE of its deletes), divided by the sum of (tokens in the gap + 1 where there are
 * deletes): like DreamOn's recipe, the superfluous masks of a gap count as one token, however many they are.
 * A prefix is cut at its start and a suffix at its end to fit; the prefix keeps the larger share, as in sampling. Throws if a gap alone does not fit.
 */
export function infillBatch(examples: readonly InfillExample[], options: InfillOptions, random: Random): Batch {
  const { length } = options;
  const ids = new Int32Array(examples.length * length).fill(options.endToken);
  const hidden = new Uint8Array(ids.length);
  const learnt: [row: number, target: number, weight: number][] = [];
  let denominator = 0;
  examples.forEach((example, b) => {
    const { middle } = example;
    if (middle.length > length) throw new Error(`a gap of ${middle.length} tokens does not fit into ${length}`);
    const spare = Math.min(options.maxDelete ?? 64, length - middle.length);
    const gap = drawGap(middle.length, { ...options, maxDelete: spare }, random);
    const { before, after } = shareRoom(example.prefix.length, example.suffix.length, length - gap.cells.length);
    const at = b * length + before;
    ids.set(example.prefix.slice(example.prefix.length - before), b * length);
    ids.set(
      gap.cells.map((c) => (c.masked ? options.maskToken : middle[c.start]!)),
      at,
    );
    const end = at + gap.cells.length;
    ids.set(example.suffix.slice(0, after), end);
    hidden.fill(1, end + after, (b + 1) * length);
    const deletes = gap.cells.filter((c) => c.covers === 0).length;
    denominator += middle.length + (deletes > 0 ? 1 : 0);
    gap.cells.forEach((cell, i) => {
      if (cell.masked) learnt.push([at + i, cellTarget(cell, middle, options), weightOf(cell, gap, deletes, options)]);
    });
  });
  const rows = new Rows();
  for (const [row, target, weight] of learnt) rows.add(row, target, weight / denominator);
  return { batch: examples.length, length, ids, hidden, ...rows.fields() };
}

function weightOf(cell: GapCell, gap: GapCanvas, deletes: number, options: InfillOptions): number {
  if (cell.covers === 0) return 1 / deletes;
  if (options.weight === 'linear') return 1 - gap.t;
  return 1 / (options.weight === 'counted' ? maskedShare(gap) : Math.max(gap.t, smallestT));
}

/** Share of a gap's tokens that masks stand for. */
function maskedShare({ cells }: GapCanvas): number {
  const covered = (of: readonly GapCell[]): number => of.reduce((sum, c) => sum + c.covers, 0);
  return covered(cells.filter((c) => c.masked)) / covered(cells);
}
