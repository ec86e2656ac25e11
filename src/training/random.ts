/** xoshiro128** (Blackman and Vigna): 128 bits of state that can be saved and set, so that a run goes on exactly where it stopped. */
export class Random {
  private readonly s: Uint32Array;

  private constructor(state: Uint32Array) {
    this.s = state;
  }

  static seeded(seed: number): Random {
    // Four words of a mixing generator: states of neighbouring seeds have nothing in common.
    let x = seed >>> 0;
    const words = Uint32Array.from({ length: 4 }, () => {
      x = (x + 0x9e3779b9) >>> 0;
      let z = x;
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      return (z ^ (z >>> 16)) >>> 0;
    });
    return new Random(words);
  }

  /** Goes on from `state`. */
  static from(state: readonly number[]): Random {
    if (state.length !== 4 || state.every((w) => w === 0)) throw new Error('not a state of this generator');
    return new Random(Uint32Array.from(state));
  }

  get state(): number[] {
    return [...this.s];
  }

  /** Uniform in [0, 1), 32 bits. */
  uniform(): number {
    const s = this.s;
    const product = Math.imul(s[1]!, 5);
    const word = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= shifted;
    s[3] = (s[3]! << 11) | (s[3]! >>> 21);
    return word / 4294967296;
  }

  /** Uniform among 0 .. n-1. */
  below(n: number): number {
    return Math.floor(this.uniform() * n);
  }
}
