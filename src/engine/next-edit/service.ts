import type * as z from 'zod';
import type { CodeModel } from '../../diffusion/code-model';
import { loadTypescript, parseSource, type SourceUnit } from '../../edits/source';
import type { nextEditParams, NextEditResult } from '../../protocol/messages';
import { changedRun, textBefore, type Change } from './change';
import type { NextEdit } from './edit';
import { usesOfRenamed } from './rename';
import { samePlaces } from './repeat';

type Params = z.output<typeof nextEditParams>;

/** How often the same change has to be made before it is taken for a pattern. */
const timesForPattern = 2;
/** Repeats that the model is asked about, the nearest ones; the others are judged by the user. */
const mostScored = 8;
/** Nats by which the model may like a repeat less than the change that the user made. */
const tolerance = 6;
const scoredContext = 1_500;

const fileNames: Readonly<Record<string, string>> = {
  javascript: 'file.js',
  javascriptreact: 'file.jsx',
  typescript: 'file.ts',
  typescriptreact: 'file.tsx',
};

/**
 * What the user may want to change next, after what was changed just now: the uses of a declaration that has another name, or more places of a change
 * that was made before. Found by evidence; the model has a say only in repeats. No edits where nothing is sure enough.
 */
export async function nextEdits(params: Params, model: CodeModel | null, signal: AbortSignal): Promise<NextEditResult> {
  const { text, languageId, recent } = params;
  const change = changedRun(text, params.change);
  if (!change) return { change: null, kind: null, edits: [] };
  const { oldText, newText } = change;
  const unit = parsed(languageId, textBefore(text, change));
  const uses = unit ? usesOfRenamed(unit, change) : [];
  if (uses.length > 0) return { change: { oldText, newText }, kind: 'rename', edits: fromHere(uses, change) };
  const times = 1 + recent.filter((earlier) => earlier.oldText === oldText && earlier.newText === newText).length;
  const repeats = times >= timesForPattern ? samePlaces(text, change, unit) : [];
  const edits = model ? await vetted(repeats, text, change, model, signal) : repeats;
  return { change: { oldText, newText }, kind: edits.length > 0 ? 'repeat' : null, edits };
}

function parsed(languageId: string, text: string): SourceUnit | undefined {
  const fileName = fileNames[languageId];
  return fileName === undefined ? undefined : parseSource(loadTypescript(), fileName, text);
}

/** The places after the change first, then those from the top. */
function fromHere(edits: readonly NextEdit[], { start }: Change): NextEdit[] {
  return [...edits.filter((edit) => edit.start >= start), ...edits.filter((edit) => edit.start < start)];
}

/** Leaves out places where the model finds the change much less likely than where the user made it. */
async function vetted(
  edits: readonly NextEdit[],
  text: string,
  change: Change,
  model: CodeModel,
  signal: AbortSignal,
): Promise<NextEdit[]> {
  if (edits.length === 0) return [];
  const gainAt = async (start: number, end: number): Promise<number> => {
    const [before, after] = await model.score(
      {
        prefix: text.slice(Math.max(0, start - scoredContext), start),
        suffix: text.slice(end, end + scoredContext),
        candidates: [change.oldText, change.newText],
      },
      { signal, priority: 'interactive' },
    );
    return after!.logp - before!.logp;
  };
  const own = await gainAt(change.start, change.start + change.newText.length);
  const kept: NextEdit[] = [];
  for (const [i, edit] of edits.entries())
    if (i >= mostScored || (await gainAt(edit.start, edit.end)) >= own - tolerance) kept.push(edit);
  return kept;
}
