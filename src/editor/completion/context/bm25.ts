/** Okapi BM25 over short pieces of code: which of them speak of the same things as the text around the cursor. Pure. */

/** Robertson's usual constants: how soon repeated terms stop counting, and how much long pieces are held back. */
const saturation = 1.2;
const lengthPenalty = 0.75;

/** The terms of a text: its identifiers, whole and in their parts (`parseDuration`: parseduration, parse, duration). */
export function termsOf(text: string): string[] {
  const terms: string[] = [];
  for (const [word] of text.matchAll(/[\p{L}_$][\p{L}\p{N}_$]*/gu)) {
    const whole = word.toLowerCase();
    if (whole.length > 1) terms.push(whole);
    const parts = word.split(/[_$]+|(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u);
    if (parts.length > 1) for (const part of parts) if (part.length > 1) terms.push(part.toLowerCase());
  }
  return terms;
}

interface Posting {
  readonly document: number;
  readonly count: number;
}

export class Bm25 {
  private readonly postings = new Map<string, Posting[]>();
  private readonly lengths: number[];
  private readonly meanLength: number;

  /** Of documents given by their terms. */
  constructor(documents: readonly (readonly string[])[]) {
    this.lengths = documents.map((terms) => terms.length);
    this.meanLength = this.lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, documents.length);
    for (const [document, terms] of documents.entries()) {
      const counts = new Map<string, number>();
      for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
      for (const [term, count] of counts) {
        const list = this.postings.get(term);
        if (list) list.push({ document, count });
        else this.postings.set(term, [{ document, count }]);
      }
    }
  }

  /** A score for each document, 0 where it shares no term with the query. A term that comes twice in the query counts twice. */
  scores(query: readonly string[]): Float64Array {
    const scores = new Float64Array(this.lengths.length);
    for (const term of query) {
      const list = this.postings.get(term);
      if (!list) continue;
      const rarity = Math.log(1 + (this.lengths.length - list.length + 0.5) / (list.length + 0.5));
      for (const { document, count } of list) {
        const length = 1 - lengthPenalty + (lengthPenalty * this.lengths[document]!) / this.meanLength;
        scores[document]! += (rarity * count * (saturation + 1)) / (count + saturation * length);
      }
    }
    return scores;
  }
}
