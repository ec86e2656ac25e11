/** Gaps to fill, the same for every model whatever its tokenizer. */
import { gapOfKind } from '../../training/pretrain/gaps';
import { gapTasks, type GapCutter, type GapTask } from '../../training/pretrain/infill-scores';
import { Random } from '../../training/random';
import { loadTypescript, parses } from '../../repair/source/parse';
import type { FillCheck } from '../../diffusion/code-model';
import { syntaxCheck } from '../../engine/completion/syntax';
import { wordsOf } from './lexemes';
import type { Document } from './texts';

/** Most characters of a gap: about as many tokens as the canvases of an infill have room for. */
const longestGap = 180;

const byCharacters: GapCutter = {
  words: wordsOf,
  fits: (_, gap) => gap.end - gap.start <= longestGap,
};

export function infillTasks(documents: readonly Document[], each: number, seed: number): GapTask[] {
  return gapTasks(
    documents.map((d) => d.text),
    each,
    byCharacters,
    seed,
  );
}

/** Whether the task's whole file parses with a text in the gap; null where it doesn't with its own. */
export function parsesWith(
  documents: readonly Document[],
  { document, gap }: Pick<GapTask, 'document' | 'gap'>,
  fill: string,
): boolean | null {
  const { path, text } = documents[document]!;
  const api = loadTypescript();
  if (!parses(api, path, text)) return null;
  return parses(api, path, text.slice(0, gap.start) + fill + text.slice(gap.end));
}

/** The check that completions have, on the task's whole file; null where the file is not of a language that is checked. */
export function wholeFileCheck(
  documents: readonly Document[],
  { document, gap }: Pick<GapTask, 'document' | 'gap'>,
): FillCheck | null {
  const { path, text } = documents[document]!;
  return syntaxCheck({ prefix: text.slice(0, gap.start), suffix: text.slice(gap.end), languageId: languageOf(path) });
}

function languageOf(path: string): 'javascript' | 'typescript' | 'typescriptreact' {
  if (path.endsWith('.tsx')) return 'typescriptreact';
  return /\.[cm]?ts$/.test(path) ? 'typescript' : 'javascript';
}

export interface CursorTask extends Pick<GapTask, 'document' | 'gap'> {
  readonly prefix: string;
  readonly suffix: string;
  /** What stands at the cursor: the rest of a line, or one to three lines where a line has just begun. */
  readonly truth: string;
  readonly languageId: string;
}

const windowLength = 4000;

/** Places where people type: in lines, and on new ones, half of each. */
export function cursorTasks(documents: readonly Document[], count: number, seed: number): CursorTask[] {
  const random = Random.seeded(seed ^ 0x9057);
  const tasks: CursorTask[] = [];
  for (let attempt = 0; tasks.length < count && attempt < 50 * count; attempt++) {
    const document = random.below(documents.length);
    const { path, text: whole } = documents[document]!;
    const from = random.below(Math.max(1, whole.length - windowLength));
    const text = whole.slice(from, from + windowLength);
    const kind = tasks.length % 2 === 0 ? 'rest' : 'lines';
    const found = gapOfKind(kind, text, random, { characters: longestGap, lines: 3 });
    // The line break before whole lines has been typed.
    const gap = found && text[found.start] === '\n' ? { ...found, start: found.start + 1 } : found;
    if (!gap || (kind === 'rest' && text.slice(gap.start, gap.end).includes('\n'))) continue;
    tasks.push({
      document,
      gap: { start: from + gap.start, end: from + gap.end },
      prefix: text.slice(0, gap.start),
      suffix: text.slice(gap.end),
      truth: text.slice(gap.start, gap.end),
      languageId: languageOf(path),
    });
  }
  return tasks;
}
