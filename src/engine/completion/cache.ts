import type { InfillResult } from '../../diffusion/code-model';

export interface CacheKey {
  readonly prefix: string;
  readonly suffix: string;
  /** Everything else that the result depends on, printed. */
  readonly options: string;
}

interface Entry extends CacheKey {
  /** What was offered at that place, and the run that it came from. */
  readonly text: string;
  readonly result: InfillResult;
}

/**
 * The latest completions. A key matches if the text around the cursor is the same, or if the user has since typed the
 * first characters of what was offered there. Texts are compared whole, so there are no collisions; few entries, so a scan
 * is cheaper than hashing every prefix of what was typed.
 */
export class CompletionCache {
  private readonly entries: Entry[] = [];

  constructor(private readonly capacity = 64) {}

  get(key: CacheKey): { readonly text: string; readonly result: InfillResult } | undefined {
    for (let i = this.entries.length - 1; i >= 0; i--) {
      const entry = this.entries[i]!;
      if (entry.suffix !== key.suffix || entry.options !== key.options || !key.prefix.startsWith(entry.prefix)) continue;
      const typed = key.prefix.slice(entry.prefix.length);
      if (entry.text.length > typed.length && entry.text.startsWith(typed)) {
        return { text: entry.text.slice(typed.length), result: entry.result };
      }
    }
    return undefined;
  }

  set(key: CacheKey, text: string, result: InfillResult): void {
    if (this.entries.length >= this.capacity) this.entries.shift();
    this.entries.push({ ...key, text, result });
  }
}
