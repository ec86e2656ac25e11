/** How often each pre-token occurs in a corpus, packages weighed so that the largest do not decide the vocabulary alone. */
import { preTokens, tagTokens } from './pattern';

export interface CountOptions {
  /** A package of n characters counts as n^(1 - balance). 0: by its size; 1: all packages alike. */
  readonly balance: number;
}

/** Adds up texts by package. */
export class PreTokenCounts {
  private readonly packages = new Map<string, { counts: Map<string, number>; characters: number }>();

  add(owner: string, text: string): void {
    let entry = this.packages.get(owner);
    if (!entry) this.packages.set(owner, (entry = { counts: new Map(), characters: 0 }));
    entry.characters += text.length;
    for (const piece of preTokens(text)) entry.counts.set(piece, (entry.counts.get(piece) ?? 0) + 1);
  }

  /** Whole numbers; what a package has only rarely still counts as 1. Tags are left out: they have their tokens already. */
  weighted({ balance }: CountOptions): Map<string, number> {
    const largest = Math.max(1, ...Array.from(this.packages.values(), (p) => p.characters));
    const total = new Map<string, number>();
    for (const { counts, characters } of this.packages.values()) {
      const weight = (largest / characters) ** balance;
      for (const [piece, count] of counts) total.set(piece, (total.get(piece) ?? 0) + count * weight);
    }
    for (const tag of tagTokens) total.delete(tag);
    for (const [piece, count] of total) total.set(piece, Math.round(count));
    return total;
  }
}
