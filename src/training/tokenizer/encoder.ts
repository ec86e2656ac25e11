/** Encoding a whole corpus: as CodeTokenizer encodes, but each different pre-token is worked out once. */
import { preTokens, specialTokens, tagTokens } from './pattern';
import type { Merge } from './train';

const shift = 65536;

export class CorpusEncoder {
  /** By pair: the number of its merge; earlier merges come first. */
  private readonly ranks = new Map<number, number>();
  private readonly known = new Map<string, readonly number[]>();

  constructor(private readonly merges: readonly Merge[]) {
    merges.forEach(([left, right], i) => this.ranks.set(left * shift + right, i));
    tagTokens.forEach((tag, i) => this.known.set(tag, [256 + specialTokens.length + i]));
  }

  encode(text: string): number[] {
    const ids: number[] = [];
    for (const piece of preTokens(text)) for (const id of this.idsOf(piece)) ids.push(id);
    return ids;
  }

  private idsOf(piece: string): readonly number[] {
    let ids = this.known.get(piece);
    if (!ids) this.known.set(piece, (ids = this.mergedBytes(piece)));
    return ids;
  }

  private mergedBytes(piece: string): number[] {
    const ids = [...Buffer.from(piece)];
    for (;;) {
      let [first, at] = [Infinity, -1];
      for (let i = 1; i < ids.length; i++) {
        const rank = this.ranks.get(ids[i - 1]! * shift + ids[i]!) ?? Infinity;
        if (rank < first) [first, at] = [rank, i - 1];
      }
      if (at < 0) return ids;
      ids.splice(at, 2, this.merges[first]![2]);
    }
  }
}
