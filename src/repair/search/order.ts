/** Candidates that wait, by what they are worth. */
import type { Candidate } from '../types';

/** The place of a candidate is found when somebody asks, not when its worth changes: of tens of thousands a few are judged at a time. Who no longer waits is passed over. */
export class Order {
  /** The best one last. */
  #ordered: Candidate[] = [];
  readonly #moved = new Set<Candidate>();
  readonly #worth: (candidate: Candidate) => number;
  readonly #waits: (candidate: Candidate) => boolean;

  constructor(worth: (candidate: Candidate) => number, waits: (candidate: Candidate) => boolean) {
    this.#worth = worth;
    this.#waits = waits;
  }

  /** Tells that a candidate is new, or worth something else. */
  moved(candidate: Candidate): void {
    this.#moved.add(candidate);
  }

  /** The best `count` that wait, best first. */
  peek(count: number): Candidate[] {
    this.#sort();
    const out: Candidate[] = [];
    for (let i = this.#ordered.length - 1; i >= 0 && out.length < count; i--)
      if (this.#waits(this.#ordered[i]!)) out.push(this.#ordered[i]!);
    return out;
  }

  /** Takes the best one that waits. */
  pop(): Candidate | undefined {
    this.#sort();
    for (;;) {
      const candidate = this.#ordered.pop();
      if (!candidate || this.#waits(candidate)) return candidate;
    }
  }

  #sort(): void {
    if (this.#moved.size === 0) return;
    // The best one last. Equals keep the order in which they were proposed, so that a run is repeatable.
    const after = (a: Candidate, b: Candidate): number => this.#worth(a) - this.#worth(b) || b.id - a.id;
    const moved = [...this.#moved].filter(this.#waits).sort(after);
    const kept = this.#ordered.filter((candidate) => this.#waits(candidate) && !this.#moved.has(candidate));
    this.#moved.clear();
    this.#ordered = [];
    let next = 0;
    for (const candidate of moved) {
      while (next < kept.length && after(kept[next]!, candidate) < 0) this.#ordered.push(kept[next++]!);
      this.#ordered.push(candidate);
    }
    while (next < kept.length) this.#ordered.push(kept[next++]!);
  }
}
