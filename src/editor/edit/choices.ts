/** What the instruction box offers, and what is remembered of it. Pure, no editor in it. */
import type { EditOffer } from '../../protocol/edit';

const mostRemembered = 30;

export interface Choice {
  readonly group: 'typed' | 'improve' | 'here' | 'history' | 'elsewhere';
  /** What the engine is asked; empty: improve. */
  readonly instruction: string;
  /** Places in the region, where known. */
  readonly places?: number;
}

/**
 * What to show for what is typed so far: that itself first (nothing typed means "improve"), then what finds a place in the region, what was asked before
 * (most recent first), and what finds no place here. Nothing twice.
 */
export function choicesFor(typed: string, history: readonly string[], offers: readonly EditOffer[]): Choice[] {
  const text = typed.trim();
  const seen = new Set<string>();
  const fresh = (choice: Choice): boolean => {
    const key = choice.instruction.toLowerCase();
    return !seen.has(key) && Boolean(seen.add(key));
  };
  const first: Choice = text === '' ? { group: 'improve', instruction: '' } : { group: 'typed', instruction: text };
  return [
    first,
    ...offers.filter(({ places }) => places > 0).map(({ instruction, places }): Choice => ({ group: 'here', instruction, places })),
    ...history.map((instruction): Choice => ({ group: 'history', instruction })),
    ...offers.filter(({ places }) => places === 0).map(({ instruction }): Choice => ({ group: 'elsewhere', instruction, places: 0 })),
  ].filter(fresh); // prettier-ignore
}

/** The history with an instruction at its head. An empty one is not remembered: it is offered first in any case. */
export function remember(history: readonly string[], instruction: string): string[] {
  const text = instruction.trim();
  if (text === '') return [...history];
  return [text, ...history.filter((known) => known.toLowerCase() !== text.toLowerCase())].slice(0, mostRemembered);
}

/** What a stored value is worth as a history: other versions, or other hands, may have written it. */
export function historyFrom(stored: unknown): string[] {
  return Array.isArray(stored) ? stored.filter((entry): entry is string => typeof entry === 'string') : [];
}
