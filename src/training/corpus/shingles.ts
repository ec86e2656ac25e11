/** Texts as sets of short runs of words, and how alike two such sets are. */

const word = /[A-Za-z_$][\w$]*|\d+(?:\.\d+)?|[^\s\w$]/g;

/** Names, numbers and punctuation marks, in order. Blanks do not count. */
export function words(text: string): string[] {
  return text.match(word) ?? [];
}

/** 32-bit FNV-1a over UTF-16 units, the two halves of a unit one after the other. */
export function hashOf(text: string, seed = 0x811c9dc5): number {
  let h = seed;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    h = Math.imul(h ^ (unit & 0xff), 0x01000193);
    if (unit > 0xff) h = Math.imul(h ^ (unit >>> 8), 0x01000193);
  }
  return h >>> 0;
}

/** Hash of each run of `size` words; one of all words where there are fewer. */
export function windowHashes(list: readonly string[], size: number): Uint32Array {
  const hashes = Uint32Array.from(list, (w) => hashOf(w));
  const count = Math.max(1, hashes.length - size + 1);
  const found = new Uint32Array(hashes.length === 0 ? 0 : count);
  for (let i = 0; i < found.length; i++) {
    let h = 0x9747b28c;
    for (let j = i; j < Math.min(i + size, hashes.length); j++) h = mixed(Math.imul(h, 31) ^ hashes[j]!);
    found[i] = h;
  }
  return found;
}

/** A bijective mixer of 32-bit numbers (Murmur3's last step). */
export function mixed(x: number): number {
  let h = x ^ (x >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Different values, ascending. */
export function distinct(values: Uint32Array): Uint32Array {
  const sorted = values.slice().sort();
  let count = 0;
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[count++] = sorted[i]!;
  return sorted.slice(0, count);
}

/** Size of the intersection divided by that of the union, of ascending sets. */
export function jaccard(a: Uint32Array, b: Uint32Array): number {
  let [i, j, both] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      both++;
      i++;
      j++;
    } else if (a[i]! < b[j]!) i++;
    else j++;
  }
  const union = a.length + b.length - both;
  return union === 0 ? 1 : both / union;
}
