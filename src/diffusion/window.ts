import type { CodeTokenizer } from '../model/tokenizer';

/** Characters kept per token of room: code has three to four characters a token, so this never starves the window. */
const charactersPerToken = 12;

/** The last `room` tokens of a text, without tokenising more of it than could matter. */
export function tailTokens(tokenizer: CodeTokenizer, text: string, room: number): number[] {
  if (room <= 0) return [];
  return tokenizer.encodeLines(cutStart(text, room * charactersPerToken)).slice(-room);
}

/** The first `room` tokens of a text. */
export function headTokens(tokenizer: CodeTokenizer, text: string, room: number): number[] {
  if (room <= 0) return [];
  return tokenizer.encodeLines(cutEnd(text, room * charactersPerToken)).slice(0, room);
}

/** Shares `room` tokens between what stands before and after: the larger part goes before, and what one side leaves the other takes. */
export function shareRoom(before: number, after: number, room: number): { before: number; after: number } {
  const fair = Math.ceil(room * 0.6);
  const kept = Math.min(after, Math.max(room - fair, room - before));
  return { before: Math.min(before, room - kept), after: kept };
}

/** The end of a text, not beginning inside a surrogate pair. */
export function cutStart(text: string, characters: number): string {
  if (text.length <= characters) return text;
  const at = text.length - characters;
  return text.slice(isLowSurrogate(text, at) ? at + 1 : at);
}

/** The start of a text, not ending inside a surrogate pair. */
export function cutEnd(text: string, characters: number): string {
  if (text.length <= characters) return text;
  return text.slice(0, isLowSurrogate(text, characters) ? characters - 1 : characters);
}

function isLowSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** The blank or line break at a prefix's end that belongs to the gap after it: a token carries its leading space, a line break the indentation after it. */
export function leadOf(prefix: string): string {
  return /(?<=\S) +$|\n$/.exec(prefix.slice(-32))?.[0] ?? '';
}
