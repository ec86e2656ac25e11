/** Inline completion as the engine does it, asked without a limit of confidence; right is what stood there, but for blanks at its end. */
import type { CodeModel, InfillResult } from '../../diffusion/code-model';
import { CompletionService } from '../../engine/completion/service';
import { completeParams } from '../../protocol/messages';
import { calibrationOf } from './calibration';
import type { Ghost } from './job';
import { shareOfTrue, type Share } from './shares';
import { parsesWith, type CursorTask } from './tasks';
import type { Document } from './texts';

/** No limit, but what is asked for by itself: for 0, which a user asks for by a key, more is tried. */
const anyConfidence = 1e-9;

/** A completion that may be shown. */
export interface Offered {
  readonly confidence: number;
  readonly text: string;
  readonly task: CursorTask;
  readonly right: boolean;
  /** Whether one line was asked for, or several. */
  readonly of: 'line' | 'lines';
  readonly fill: Pick<InfillResult, 'meanLogp' | 'tokens'>;
}

/** What comes back at the cursors; nothing for those at which the engine stays silent. */
export async function offersAt(model: CodeModel, cursors: readonly CursorTask[], signal: AbortSignal): Promise<Offered[]> {
  const fills: Pick<Offered, 'of' | 'fill'>[] = [];
  const watched: CodeModel = {
    ...model,
    infill: async (request, control) => {
      const found = await model.infill(request, control);
      if (found[0]) fills.push({ of: request.maxLines === 0 ? 'line' : 'lines', fill: found[0] });
      return found;
    },
  };
  const offers: Offered[] = [];
  for (const task of cursors) {
    const { prefix, suffix, truth, languageId } = task;
    const params = completeParams.parse({ prefix, suffix, languageId, minConfidence: anyConfidence });
    const { text, confidence } = await new CompletionService(watched, 'cpu').complete(params, signal); // without what it remembers
    const filled = fills.pop();
    if (text === null || filled === undefined) continue;
    offers.push({ text, task, confidence, right: text.trimEnd() === truth.trimEnd(), ...filled });
  }
  return offers;
}

export function ghostOf(documents: readonly Document[], asked: number, offers: readonly Offered[]): Ghost {
  const { minConfidence } = completeParams.parse({ prefix: '', suffix: '', languageId: '' });
  const shown = offers.filter(({ confidence }) => confidence >= minConfidence);
  return {
    asked,
    silent: asked - offers.length,
    calibration: calibrationOf(offers),
    parse: {
      oneLine: parseShare(
        documents,
        offers.filter(({ text }) => !text.includes('\n')),
      ),
      severalLines: parseShare(
        documents,
        offers.filter(({ text }) => text.includes('\n')),
      ),
    },
    atDefault: {
      confidence: minConfidence,
      shown: shareOfTrue([...shown.map(() => true), ...Array<boolean>(asked - shown.length).fill(false)]),
      right: shareOfTrue(shown.map(({ right }) => right)),
    },
  };
}

/** Of the offers in files that parse with what stood there: those with which they still do. */
function parseShare(documents: readonly Document[], offers: readonly Offered[]): Share {
  return shareOfTrue(offers.map(({ task, text }) => parsesWith(documents, task, text)).filter((p) => p !== null));
}
