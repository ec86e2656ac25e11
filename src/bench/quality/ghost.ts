/** Inline completion as the engine does it, asked without a limit of confidence; right is what stood there, but for blanks at its end. */
import type { CodeModel, InfillResult } from '../../diffusion/code-model';
import { planCompletion } from '../../engine/completion/plan';
import { CompletionService } from '../../engine/completion/service';
import { completeParams } from '../../protocol/messages';
import { calibrationOf } from './calibration';
import type { Ghost } from './job';
import { shareOfTrue } from './shares';
import type { CursorTask } from './tasks';

/** A completion that may be shown. */
export interface Offered {
  readonly confidence: number;
  readonly right: boolean;
  /** Whether one line was asked for, or several. */
  readonly of: 'line' | 'lines';
  readonly fill: Pick<InfillResult, 'meanLogp' | 'tokens'>;
}

/** What comes back at the cursors; nothing for those at which the engine stays silent. */
export async function offersAt(model: CodeModel, cursors: readonly CursorTask[], signal: AbortSignal): Promise<Offered[]> {
  let filled: InfillResult | undefined;
  const watched: CodeModel = {
    ...model,
    infill: async (request, control) => {
      const found = await model.infill(request, control);
      filled = found[0];
      return found;
    },
  };
  const service = new CompletionService(watched, 'cpu');
  const offers: Offered[] = [];
  for (const { prefix, suffix, truth, languageId } of cursors) {
    const params = completeParams.parse({ prefix, suffix, languageId, minConfidence: 0 });
    const { text, confidence } = await service.complete(params, signal);
    if (text === null || filled === undefined) continue;
    const plan = planCompletion(prefix, suffix, params.maxLines);
    const of = plan.complete && plan.maxLines > 1 ? 'lines' : 'line';
    offers.push({ confidence, right: text.trimEnd() === truth.trimEnd(), of, fill: filled });
  }
  return offers;
}

export function ghostOf(asked: number, offers: readonly Offered[]): Ghost {
  const { minConfidence } = completeParams.parse({ prefix: '', suffix: '', languageId: '' });
  const shown = offers.filter(({ confidence }) => confidence >= minConfidence);
  return {
    asked,
    silent: asked - offers.length,
    calibration: calibrationOf(offers),
    atDefault: {
      confidence: minConfidence,
      shown: shareOfTrue([...shown.map(() => true), ...Array<boolean>(asked - shown.length).fill(false)]),
      right: shareOfTrue(shown.map(({ right }) => right)),
    },
  };
}
