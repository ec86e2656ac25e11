/** A map that keeps only the entries that were used last. */
export class RecentMap {
  #limit;
  #entries = new Map();

  constructor(limit) {
    this.#limit = limit;
  }

  get size() {
    return this.#entries.size;
  }

  /** The value of a key, which counts as a use; undefined where there is none. */
  get(key) {
    if (!this.#entries.has(key)) {
      return undefined;
    }
    const value = this.#entries.get(key);
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  /** Stores a value; the entry that was not used for longest goes when there are too many. */
  set(key, value) {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#limit) {
      const oldest = this.#entries.keys().next().value;
      this.#entries.delete(oldest);
    }
  }

  /** The keys, the one used last at the end. */
  keys() {
    return [...this.#entries.keys()];
  }
}

/** Remembers the results of a function of one argument, at most `limit` of them. */
export function memoize(compute, limit = 100) {
  const results = new RecentMap(limit);
  return (argument) => {
    const known = results.get(argument);
    if (known !== undefined) {
      return known;
    }
    const result = compute(argument);
    results.set(argument, result);
    return result;
  };
}
