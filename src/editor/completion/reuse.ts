/** Which completions are remembered, and when one still fits what was typed since. Pure, no editor in it. */

export interface Place {
  readonly prefix: string;
  readonly suffix: string;
}

/** An answer: what to put at its place, or silence. */
export interface Answer {
  readonly text: string | null;
  /** The model's confidence in it, 0..1. */
  readonly confidence: number;
}

/** Something to put at a place. */
export interface Offer {
  readonly text: string;
  readonly confidence: number;
}

/** What was typed between two places; undefined where the second is not the first one typed on. */
export function typedSince(earlier: Place, later: Place): string | undefined {
  if (later.suffix !== earlier.suffix || !later.prefix.startsWith(earlier.prefix)) return undefined;
  return later.prefix.slice(earlier.prefix.length);
}

/** What is left of a completion for `earlier` when its beginning has been typed; undefined when it no longer fits (or nothing is left). */
export function remainder(earlier: Place, text: string, later: Place): string | undefined {
  const typed = typedSince(earlier, later);
  if (typed === undefined || !text.startsWith(typed)) return undefined;
  const left = text.slice(typed.length);
  return left.trim() === '' ? undefined : left;
}

interface Entry {
  readonly place: Place;
  readonly answer: Answer;
}

/**
 * The most recent answers by place, silence included, so that moving back and forth asks nothing twice. What was offered is found as well where its
 * beginning has been typed, or taken word by word. Texts are compared whole, so there are no collisions; few entries, so a scan is cheap.
 */
export class CompletionCache {
  private readonly entries: Entry[] = [];

  constructor(private readonly capacity: number) {}

  /** The answer for a place: exactly its own, else the newest that still fits there. */
  find(place: Place): Answer | undefined {
    const exact = this.entries.findIndex((entry) => typedSince(entry.place, place) === '');
    if (exact >= 0) {
      const [entry] = this.entries.splice(exact, 1);
      this.entries.unshift(entry!); // most recently used
      return entry!.answer;
    }
    for (const { place: earlier, answer } of this.entries) {
      const left = answer.text === null ? undefined : remainder(earlier, answer.text, place);
      if (left !== undefined) return { ...answer, text: left };
    }
    return undefined;
  }

  set(place: Place, answer: Answer): void {
    const known = this.entries.findIndex((entry) => typedSince(entry.place, place) === '');
    if (known >= 0) this.entries.splice(known, 1);
    this.entries.unshift({ place, answer });
    this.entries.length = Math.min(this.entries.length, this.capacity);
  }

  clear(): void {
    this.entries.length = 0;
  }
}
