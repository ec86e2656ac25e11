/** Which completions are remembered, and when one that is on the screen still fits what was typed since. Pure, no editor in it. */

export interface Place {
  readonly prefix: string;
  readonly suffix: string;
}

export interface Offer extends Place {
  readonly text: string;
}

/** What is left of an offer when the user has typed its beginning; undefined when it no longer fits (or nothing is left). */
export function remainder(offer: Offer, place: Place): string | undefined {
  if (place.suffix !== offer.suffix) return undefined;
  if (!place.prefix.startsWith(offer.prefix)) return undefined;
  const typed = place.prefix.slice(offer.prefix.length);
  if (!offer.text.startsWith(typed)) return undefined;
  const left = offer.text.slice(typed.length);
  return left.trim() === '' ? undefined : left;
}

/** The most recent answers by place, silence (null) included, so that moving back and forth asks nothing twice. */
export class CompletionCache {
  private readonly entries = new Map<string, string | null>();

  constructor(private readonly capacity: number) {}

  get(place: Place): string | null | undefined {
    const key = keyOf(place);
    const found = this.entries.get(key);
    if (found !== undefined) {
      this.entries.delete(key); // to the end: most recently used
      this.entries.set(key, found);
    }
    return found;
  }

  set(place: Place, text: string | null): void {
    const key = keyOf(place);
    this.entries.delete(key);
    this.entries.set(key, text);
    const oldest = this.entries.keys().next();
    if (this.entries.size > this.capacity && !oldest.done) this.entries.delete(oldest.value);
  }

  clear(): void {
    this.entries.clear();
  }
}

function keyOf(place: Place): string {
  return `${place.prefix.length}:${place.prefix}${place.suffix}`;
}
