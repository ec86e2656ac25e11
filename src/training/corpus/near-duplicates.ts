/** Finding texts that were seen before in nearly the same form: MinHash (Broder 1997) with bands to find candidates, the sets themselves to decide. */
import { distinct, jaccard, mixed, windowHashes, words } from './shingles';

export interface DuplicateOptions {
  /** Words in a shingle. */
  readonly shingle: number;
  /** Jaccard similarity of the shingle sets from which on two texts count as the same. */
  readonly similarity: number;
}

export const duplicateOptions: DuplicateOptions = { shingle: 6, similarity: 0.75 };

/** Bands of so many rows: sets alike by 0.75 share one with a probability of 0.99, by 0.4 with one of 0.27. */
const [bands, rows] = [12, 4];
/** Signatures of sets alike by s agree in a share s of their places, give or take 0.06; below this distance the sets themselves are not compared. */
const tolerance = 0.2;

interface Kept {
  readonly set: Uint32Array;
  readonly signature: Uint32Array;
}

/** Texts told one after the other; each is compared with those that were kept before. */
export class NearDuplicates {
  private readonly kept: Kept[] = [];
  /** By band and its hash: indices into `kept`. */
  private readonly buckets = new Map<number, number[]>();

  constructor(private readonly options: DuplicateOptions = duplicateOptions) {}

  /** Whether the text is new; if so, it is kept for comparison. */
  add(text: string): boolean {
    const set = distinct(windowHashes(words(text), this.options.shingle));
    const signature = signatureOf(set);
    const keys = bandKeys(signature);
    const seen = new Set<number>();
    for (const key of keys) {
      for (const other of this.buckets.get(key) ?? []) {
        if (seen.has(other)) continue;
        seen.add(other);
        if (this.alike({ set, signature }, this.kept[other]!)) return false;
      }
    }
    const index = this.kept.push({ set, signature }) - 1;
    for (const key of keys) {
      const bucket = this.buckets.get(key);
      if (bucket) bucket.push(index);
      else this.buckets.set(key, [index]);
    }
    return true;
  }

  private alike(a: Kept, b: Kept): boolean {
    const { similarity } = this.options;
    // The smaller set can be no more than all of the larger.
    const [shorter, longer] = [Math.min(a.set.length, b.set.length), Math.max(a.set.length, b.set.length)];
    if (shorter < similarity * longer) return false;
    return agreement(a.signature, b.signature) >= similarity - tolerance && jaccard(a.set, b.set) >= similarity;
  }
}

/** The smallest hash of the set under each of several orders. */
function signatureOf(set: Uint32Array): Uint32Array {
  const smallest = new Uint32Array(bands * rows).fill(0xffffffff);
  for (let k = 0; k < smallest.length; k++) {
    const order = orders[k]!;
    let least = 0xffffffff;
    for (let i = 0; i < set.length; i++) {
      // One round of mixing: the hashes are mixed already.
      const h = Math.imul(set[i]! ^ order, 0x9e3779b1) >>> 0;
      if (h < least) least = h;
    }
    smallest[k] = least;
  }
  return smallest;
}

/** A key for each band. */
function bandKeys(signature: Uint32Array): number[] {
  return Array.from({ length: bands }, (_, band) => {
    let key = mixed(band + 1);
    for (let r = 0; r < rows; r++) key = mixed(Math.imul(key, 31) ^ signature[band * rows + r]!);
    return key;
  });
}

function agreement(a: Uint32Array, b: Uint32Array): number {
  let same = 0;
  for (let i = 0; i < a.length; i++) if (a[i] === b[i]) same++;
  return same / a.length;
}

/** One number for each order of all hashes. */
const orders = Uint32Array.from({ length: bands * rows }, (_, k) => mixed(0x9e3779b9 * (k + 1)));
