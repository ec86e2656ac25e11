/**
 * A baseline that learns nothing but counts: n-grams of lexemes from a training text, over which those of the document at hand are laid, so that it copies
 * what stands nearby (a cache of n-grams: Tu, Su and Devanbu, "On the localness of software", 2014).
 */
import { leadOf } from '../../diffusion/window';
import { GrowingText, SortedText, type Continuations } from './counts';
import { lexemesOf } from './lexemes';
import { Spelling } from './spelling';

/** Lexemes of context: in the training text, and in the document. */
export const orders = { training: 5, document: 8 } as const;

/** Weight of what the training text's shorter contexts say, in sightings: a round figure. */
const strength = 2;

/** Fills under way at a time, and lexemes of the text behind a gap that decide between them. */
const beam = 8;
/** Continuations of each that are looked at, if so many were seen. */
const choices = 24;
const lookAhead = 3;

export interface GapText {
  readonly prefix: string;
  readonly middle: string;
  readonly suffix: string;
}

interface Level {
  readonly seen: Continuations;
  readonly weight: number;
}

export class NgramModel {
  private readonly ids = new Map<string, number>();
  private readonly texts: string[] = [];
  private readonly training: SortedText;
  private readonly spelling: Spelling;
  private readonly spellings: (number | undefined)[] = [];
  /** Good and Turing's estimate of unseen lexemes: as many as were seen once. */
  private readonly novelty: number;
  /** Lexemes that were trained on. */
  readonly lexemes: number;

  constructor(texts: Iterable<string>) {
    const all: number[] = [];
    // What begins a document is learnt after an end.
    for (const text of texts) {
      for (const lexeme of lexemesOf(text)) all.push(this.idOf(lexeme));
      all.push(this.idOf(endOfText));
    }
    const counts = new Int32Array(this.texts.length);
    for (const id of all) counts[id]!++;
    this.lexemes = all.length;
    this.novelty = Math.max(
      1,
      counts.reduce((n, c) => n + Number(c === 1), 0),
    );
    this.spelling = new Spelling(this.texts);
    this.training = new SortedText(Int32Array.from(all), orders.training);
  }

  /** Bits of a text's lexemes, each given all before it. */
  bits(text: string): number {
    const document = new GrowingText(orders.document);
    const ids = lexemesOf(text).map((l) => this.idOf(l));
    let nats = 0;
    ids.forEach((id, i) => {
      const context = ids.slice(Math.max(0, i - orders.document), i);
      nats -= Math.log(this.predict(this.levels(context, document))(id));
      document.add(context, id);
    });
    return nats / Math.LN2;
  }

  /** The likeliest fill of a gap, found by beam search, with as many lexemes as stand there told. */
  fill({ prefix, middle, suffix }: GapText): string {
    const lead = leadOf(prefix);
    const wanted = lexemesOf(lead + middle).length;
    const before = lexemesOf(prefix.slice(0, prefix.length - lead.length)).map((l) => this.idOf(l));
    const after = lexemesOf(suffix).map((l) => this.idOf(l));
    const document = new GrowingText(orders.document);
    document.addAll(before);
    document.addAll(after);
    const start = before.slice(-orders.document);
    let fills: { readonly ids: readonly number[]; readonly logp: number }[] = [{ ids: [], logp: 0 }];
    for (let n = 0; n < wanted; n++) {
      fills = fills
        .flatMap(({ ids, logp }) => {
          const context = [...start, ...ids].slice(-orders.document);
          const levels = this.levels(context, document);
          const p = this.predict(levels);
          // Every fill may have to begin with a blank or a line break.
          const all = n > 0 || lead === '' ? this.candidates(levels) : this.candidates(levels, Infinity);
          return all
            .filter((id) => n > 0 || this.texts[id]!.startsWith(lead))
            .map((id) => ({ ids: [...ids, id], logp: logp + Math.log(p(id)) }));
        })
        .sort((a, b) => b.logp - a.logp)
        .slice(0, beam);
    }
    const ends = fills.map(({ ids, logp }) => ({ ids, logp: logp + this.logpAfter([...start, ...ids], after, document) }));
    const best = ends.sort((a, b) => b.logp - a.logp)[0];
    return (best?.ids ?? [])
      .map((id) => this.texts[id]!)
      .join('')
      .slice(lead.length);
  }

  private logpAfter(before: readonly number[], after: readonly number[], document: GrowingText): number {
    return after.slice(0, lookAhead).reduce((sum, id, i) => {
      const context = [...before, ...after.slice(0, i)].slice(-orders.document);
      return sum + Math.log(this.predict(this.levels(context, document))(id));
    }, 0);
  }

  /**
   * Probabilities of what follows a context, from the shortest context to the longest: the training text's with Dirichlet smoothing, the document's with
   * Witten and Bell's, which trusts a context the less, the more different things have followed it.
   */
  private predict(levels: readonly Level[]): (id: number) => number {
    return (id) => {
      let p = this.spelt(id);
      for (const { seen, weight } of levels) p = (seen.of(id) + weight * p) / (seen.total + weight);
      return p;
    };
  }

  private levels(context: readonly number[], document: GrowingText): Level[] {
    const levels: Level[] = [];
    const last = (length: number): readonly number[] => context.slice(context.length - length);
    for (let length = 0; length <= Math.min(orders.document, context.length); length++) {
      const known = this.training.after(last(length));
      if (known) levels.push({ seen: known, weight: length === 0 ? this.novelty : strength });
      // The document's lexemes regardless of context only matter where there is no training text.
      const near = length > 0 || !known ? document.after(last(length)) : null;
      if (near) levels.push({ seen: near, weight: near.distinct });
      if (!known && !near) break;
    }
    return levels;
  }

  /** What may follow, by the longest contexts first. */
  private candidates(levels: readonly Level[], enough = choices): number[] {
    const found = new Set<number>();
    const end = this.ids.get(endOfText);
    for (const { seen } of [...levels].reverse()) {
      for (const id of seen.some()) if (id !== end) found.add(id);
      if (found.size >= enough) break;
    }
    return [...found];
  }

  /** Probability of a lexeme by its characters. */
  private spelt(id: number): number {
    return (this.spellings[id] ??= Math.exp(this.spelling.logp(this.texts[id]!)));
  }

  private idOf(lexeme: string): number {
    const known = this.ids.get(lexeme);
    if (known !== undefined) return known;
    this.ids.set(lexeme, this.texts.length);
    this.texts.push(lexeme);
    return this.texts.length - 1;
  }
}

/** No text holds it: a lexeme with no characters. */
const endOfText = '';
