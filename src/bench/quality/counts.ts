/** How often which lexeme follows a context: in a large text that stays, and in a small one that grows. */

export interface Continuations {
  /** Times that the context was seen with something after it. */
  readonly total: number;
  readonly of: (lexeme: number) => number;
  /** Some of the lexemes that follow, the frequent ones for certain. */
  readonly some: () => number[];
}

export interface ContextCounts {
  /** After exactly these lexemes; null where they were never seen. */
  after(context: readonly number[]): Continuations | null;
}

/** Places looked at for `some`. */
const looks = 128;

/** Counts of any order up to `longest` lexemes of context, from one sorted list of all positions (a suffix array cut at that depth). */
export class SortedText implements ContextCounts {
  private readonly order: Int32Array;

  /** `lexemes`: ids from 0 on. Sorting by digits, last first: linear in the text for each lexeme of depth. */
  constructor(
    private readonly lexemes: Int32Array,
    private readonly longest: number,
  ) {
    const n = lexemes.length;
    let order = Int32Array.from({ length: n }, (_, i) => i);
    let next = new Int32Array(n);
    const size = lexemes.reduce((most, id) => Math.max(most, id), -1) + 2;
    for (let depth = longest; depth >= 0; depth--) {
      // What stands after the end sorts first.
      const key = (at: number): number => (at + depth < n ? lexemes[at + depth]! + 1 : 0);
      const starts = new Int32Array(size + 1);
      for (let i = 0; i < n; i++) starts[key(i) + 1]!++;
      for (let i = 1; i <= size; i++) starts[i]! += starts[i - 1]!;
      for (let i = 0; i < n; i++) next[starts[key(order[i]!)]!++] = order[i]!;
      [order, next] = [next, order];
    }
    this.order = order;
  }

  after(context: readonly number[]): Continuations | null {
    if (context.length > this.longest) return null;
    let [low, high] = [0, this.order.length];
    for (const [depth, id] of context.entries()) {
      low = this.bound(low, high, depth, id);
      high = this.bound(low, high, depth, id + 1);
    }
    // A context at the very end has nothing after it.
    low = this.bound(low, high, context.length, 0);
    if (low >= high) return null;
    const depth = context.length;
    return {
      total: high - low,
      of: (id) => this.bound(low, high, depth, id + 1) - this.bound(low, high, depth, id),
      some: () => {
        const count = Math.min(looks, high - low);
        const seen = Array.from({ length: count }, (_, i) =>
          this.at(low + Math.floor(((i + 0.5) * (high - low)) / count), depth),
        );
        return [...new Set(seen)];
      },
    };
  }

  private at(row: number, depth: number): number {
    return this.lexemes[this.order[row]! + depth] ?? -1;
  }

  /** First row from `low` on whose lexeme at the depth is `id` or more. */
  private bound(low: number, high: number, depth: number, id: number): number {
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.at(middle, depth) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Counts of contexts of up to `longest` lexemes in texts that are added piece by piece. */
export class GrowingText implements ContextCounts {
  private readonly found = new Map<string, { total: number; readonly next: Map<number, number> }>();

  constructor(private readonly longest: number) {}

  /** Counts each lexeme of a text after those before it. */
  addAll(lexemes: readonly number[]): void {
    lexemes.forEach((id, i) => {
      this.add(lexemes.slice(Math.max(0, i - this.longest), i), id);
    });
  }

  /** Counts one lexeme after the last ones of a context. */
  add(context: readonly number[], id: number): void {
    for (let length = 0; length <= Math.min(this.longest, context.length); length++) {
      const key = context.slice(context.length - length).join(' ');
      const entry = this.found.get(key) ?? { total: 0, next: new Map<number, number>() };
      this.found.set(key, entry);
      entry.total++;
      entry.next.set(id, (entry.next.get(id) ?? 0) + 1);
    }
  }

  after(context: readonly number[]): (Continuations & { readonly distinct: number }) | null {
    const entry = this.found.get(context.join(' '));
    if (!entry) return null;
    return {
      total: entry.total,
      distinct: entry.next.size,
      of: (id) => entry.next.get(id) ?? 0,
      some: () => [...entry.next.keys()],
    };
  }
}
