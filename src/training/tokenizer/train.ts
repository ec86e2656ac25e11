/** Byte pair encoding (Sennrich et al., arXiv 1508.07909) on bytes, trained with counts that are kept up to date merge by merge. */
import { firstMerge } from './pattern';

export interface BpeOptions {
  /** Rows of the vocabulary: bytes, special tokens, tags and merges. */
  readonly vocabulary: number;
  /** Pairs rarer than this are not merged, even if the vocabulary stays smaller. Default 2. */
  readonly leastCount?: number;
}

/** Two token ids that become one. Ids of new tokens ascend from firstMerge on; where two merges make the same text, they make the same token. */
export type Merge = readonly [left: number, right: number, made: number];

/** Ids are below 2^16, so that two make one number. */
const shift = 65536;

interface Pair {
  count: number;
  /** Words that hold it, or held it once. */
  readonly words: Set<number>;
}

/**
 * Merges in the order in which they were found: each time the pair that occurs most often, of equally frequent ones that of the smaller ids. `counts` are by
 * pre-token; merges never cross their bounds.
 */
export function trainBpe(counts: ReadonlyMap<string, number>, options: BpeOptions): Merge[] {
  if (options.vocabulary > shift) throw new Error(`a vocabulary of ${options.vocabulary} is larger than ${shift}`);
  const words: number[][] = [];
  const weights: number[] = [];
  for (const [text, count] of counts) {
    words.push([...Buffer.from(text)]);
    weights.push(count);
  }
  const pairs = new Map<number, Pair>();
  const queue = new PairQueue();
  const change = (key: number, word: number, by: number): void => {
    let pair = pairs.get(key);
    if (!pair) pairs.set(key, (pair = { count: 0, words: new Set() }));
    pair.count += by;
    if (by > 0) pair.words.add(word);
  };
  words.forEach((word, w) => {
    for (let i = 1; i < word.length; i++) change(word[i - 1]! * shift + word[i]!, w, weights[w]!);
  });
  for (const [key, { count }] of pairs) queue.push(count, key);

  const merges: Merge[] = [];
  const texts = new Map(Array.from({ length: 256 }, (_, byte) => [byte, String.fromCharCode(byte)] as const));
  const idOf = new Map(Array.from(texts, ([id, text]) => [text, id] as const));
  const done = new Set<number>();
  let next = firstMerge;
  const least = options.leastCount ?? 2;
  while (next < options.vocabulary) {
    const top = queue.pop();
    if (!top || top.count < least) break;
    const pair = pairs.get(top.key);
    // An entry of an earlier count, of a pair that has been merged since.
    if (!pair) continue;
    if (pair.count !== top.count) {
      if (pair.count >= least) queue.push(pair.count, top.key);
      continue;
    }
    const [left, right] = [Math.floor(top.key / shift), top.key % shift];
    const text = texts.get(left)! + texts.get(right)!;
    const made = idOf.get(text) ?? next++;
    // A pair can come up again where another merge makes a token of the same text anew: it is merged there too, by the merge that there is.
    if (!done.has(top.key)) {
      texts.set(made, text);
      idOf.set(text, made);
      done.add(top.key);
      merges.push([left, right, made]);
    }
    const before = new Map<number, number>();
    for (const w of pair.words) {
      mergeIn(words[w]!, left, right, made, (a, b, sign) => {
        const key = a * shift + b;
        if (!before.has(key)) before.set(key, pairs.get(key)?.count ?? 0);
        change(key, w, sign * weights[w]!);
      });
    }
    pairs.delete(top.key);
    // Pairs that became rarer find their place when they come up.
    for (const [key, was] of before) {
      const now = pairs.get(key)?.count ?? 0;
      if (now > was && now >= least) queue.push(now, key);
    }
  }
  return merges;
}

/** Replaces each occurrence of a pair in a word, from left to right, and tells which pairs went (-1) and came (+1). */
function mergeIn(
  word: number[],
  left: number,
  right: number,
  made: number,
  tell: (a: number, b: number, sign: 1 | -1) => void,
): void {
  if (!word.some((id, i) => id === left && word[i + 1] === right)) return;
  for (let i = 1; i < word.length; i++) tell(word[i - 1]!, word[i]!, -1);
  let to = 0;
  for (let from = 0; from < word.length; from++) {
    const hit = word[from] === left && word[from + 1] === right;
    word[to++] = hit ? made : word[from]!;
    if (hit) from++;
  }
  word.length = to;
  for (let i = 1; i < to; i++) tell(word[i - 1]!, word[i]!, 1);
}

/** Pairs, the most frequent first; equally frequent ones by their key. */
class PairQueue {
  private readonly heap: { readonly count: number; readonly key: number }[] = [];

  push(count: number, key: number): void {
    const { heap } = this;
    let i = heap.push({ count, key }) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.comesFirst(i, parent)) break;
      [heap[i], heap[parent]] = [heap[parent]!, heap[i]!];
      i = parent;
    }
  }

  pop(): { readonly count: number; readonly key: number } | undefined {
    const { heap } = this;
    const top = heap[0];
    const last = heap.pop();
    if (heap.length === 0 || !last) return top;
    heap[0] = last;
    for (let i = 0; ;) {
      let first = i;
      for (const child of [2 * i + 1, 2 * i + 2]) if (child < heap.length && this.comesFirst(child, first)) first = child;
      if (first === i) return top;
      [heap[i], heap[first]] = [heap[first]!, heap[i]!];
      i = first;
    }
  }

  private comesFirst(i: number, j: number): boolean {
    const [a, b] = [this.heap[i]!, this.heap[j]!];
    return a.count > b.count || (a.count === b.count && a.key < b.key);
  }
}
