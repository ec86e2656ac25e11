import type * as z from 'zod';
import type { CodeModel, FillCheck, InfillRequest, InfillResult } from '../../diffusion/code-model';
import { confidenceOf, leastMeanLogp, type ConfidenceWeights } from '../../diffusion/confidence';
import type { DenoisingRecord } from '../../protocol/denoising-record';
import type { CompleteResult, completeParams } from '../../protocol/messages';
import { recording } from '../recording';
import { CompletionCache, type CacheKey } from './cache';
import { finish, type Cleaned } from './clean';
import { inventedName } from './inventions';
import { planCompletion } from './plan';
import { breaksSyntax, syntaxCheck } from './syntax';

type Params = z.output<typeof completeParams>;

/** Milliseconds that somebody who has asked for a completion waits without wondering. */
const longestSearch = 2_500;
/** Other lengths are tried, and nothing is asked of them. */
const whatever: FillCheck = { faultsOf: () => [], needsAfter: () => [] };

/** Inline completion: one infill at the cursor, cleaned up, or silence with the reason. */
export class CompletionService {
  private readonly cache = new CompletionCache();

  constructor(
    private readonly model: CodeModel | null,
    private readonly device: string,
  ) {}

  async complete(params: Params, signal: AbortSignal): Promise<CompleteResult> {
    const began = performance.now();
    let record: DenoisingRecord | undefined;
    let weights: ConfidenceWeights | null = null;
    const answer = (text: string | null, result: InfillResult | undefined, silence?: string): CompleteResult => ({
      text,
      confidence: result ? confidenceOf(result, weights) : 0,
      ...(silence === undefined ? {} : { silence }),
      steps: result?.steps ?? 0,
      milliseconds: performance.now() - began,
      device: this.device,
      ...(record && { record }),
    });
    if (!this.model) return answer(null, undefined, 'no model is loaded (setting "unmask.model")');
    const plan = planCompletion(params.prefix, params.suffix, params.maxLines);
    if (!plan.complete) return answer(null, undefined, plan.why);
    weights = this.model.info.confidence?.[plan.maxLines === 1 ? 'line' : 'lines'] ?? null;

    const key: CacheKey = {
      prefix: params.prefix,
      suffix: params.suffix,
      options: JSON.stringify([params.languageId, params.maxLines, params.maxTokens, params.minConfidence, params.seed]),
    };
    const known = params.record ? undefined : this.cache.get(key);
    if (known) return answer(known.text, { ...known.result, steps: 0 }, undefined);

    // The model reads and writes one kind of line break.
    const prefix = params.prefix.replaceAll('\r\n', '\n');
    const suffix = params.suffix.replaceAll('\r\n', '\n');
    const model = params.record ? recording(this.model, { onRecord: (made) => (record = made) }) : this.model;
    const infill = (how: Pick<InfillRequest, 'check' | 'leastMeanLogp'>): Promise<InfillResult[]> =>
      model.infill(
        {
          prefix,
          suffix,
          context: params.context.replaceAll('\r\n', '\n'),
          maxTokens: params.maxTokens,
          maxLines: plan.maxLines - 1,
          seed: params.seed,
          ...how,
        },
        { signal, priority: params.priority },
      );
    const cleanedOf = ({ text: raw }: InfillResult): Cleaned => {
      const cleaned = finish(raw, { ...params, maxLines: plan.maxLines });
      if (cleaned.text === undefined) return cleaned;
      const completed = { prefix, text: cleaned.text, suffix, languageId: params.languageId };
      if (breaksSyntax(completed)) return { text: undefined, why: 'the completion would break the syntax' };
      const invented = inventedName(completed, params.context);
      return invented === undefined
        ? cleaned
        : { text: undefined, why: `the completion would use "${invented}", which exists nowhere` };
    };
    // Silence is the answer as soon as it is certain.
    let [result] = await infill(params.minConfidence > 0 ? { leastMeanLogp: leastMeanLogp(params.minConfidence, weights, params.maxTokens) } : {}); // prettier-ignore
    if (!result) return answer(null, undefined, 'the model found nothing to put here');
    if (confidenceOf(result, weights) < params.minConfidence) {
      return answer(null, result, `the confidence is below ${params.minConfidence} (setting "unmask.completion.minConfidence")`);
    }
    let cleaned = cleanedOf(result);
    // Who asked for it has the time for what keeps the syntax; who only types has not.
    if (cleaned.text === undefined && params.demanded) {
      const check = syntaxCheck({ prefix, suffix, languageId: params.languageId }) ?? whatever;
      for (const other of await infill({ check: { ...check, milliseconds: longestSearch } })) {
        const cleanedOther = cleanedOf(other);
        if (cleanedOther.text === undefined) continue;
        [result, cleaned] = [other, cleanedOther];
        break;
      }
    }
    if (cleaned.text === undefined) return answer(null, result, cleaned.why);
    this.cache.set(key, cleaned.text, result);
    return answer(cleaned.text, result);
  }
}
