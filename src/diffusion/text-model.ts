import type { ChatTemplate } from '../model/chat-template';
import { parameterCount, type TransformerConfig } from '../model/config';
import type { RunTurn, StepModel } from '../model/step-model';
import type { CodeTokenizer } from '../model/tokenizer';
import type {
  CandidateScore,
  CodeModel,
  CodeModelInfo,
  Completion,
  CompletionRequest,
  InfillRequest,
  InfillResult,
  RewriteRequest,
  RewriteResult,
  RunControl,
  ScoreRequest,
  SurpriseRequest,
  TokenSurprise,
} from './code-model';
import { infillChecked } from './checked';
import { complete } from './complete';
import type { ConfidenceCalibration } from './confidence';
import { infill } from './infill';
import { revise } from './revise';
import { rewrite } from './rewrite';
import { proofread } from './proofread';
import type { RunGate } from './run-gate';
import { score } from './score';
import { structureOf } from './variable-length';
import { surprise, type TextTools } from './surprise';

/** Forbids a token outright. */
const never = -1e9;

/** What a model is called and can do, by its manifest. */
export interface ModelTraits {
  readonly id: string;
  readonly capabilities: readonly string[];
  readonly confidence?: ConfidenceCalibration | undefined;
}

/** CodeModel over a step model and a tokenizer; every native run waits for its turn at the gate. */
export function textModel(
  traits: ModelTraits,
  model: StepModel,
  tokenizer: CodeTokenizer,
  gate: RunGate,
  template?: ChatTemplate | null,
  /** The network that does what it is asked to in words, where that is another one. */
  instructed: () => Promise<StepModel> = () => Promise.resolve(model),
): CodeModel {
  const tools = textTools(traits, model, tokenizer);
  const { id, capabilities, confidence } = traits;
  const info: CodeModelInfo = {
    id,
    parameters: parameterCount(model.config),
    maxSequence: model.config.maxSequence,
    capabilities,
    device: model.provider,
    ...(confidence ? { confidence } : {}),
  };
  const structure = structureOf(tools);
  const labels = capabilities.includes('proofread') ? structure : undefined;
  const toRevise = capabilities.includes('revise') ? structure : undefined;
  const turnOf =
    (control: RunControl | undefined): RunTurn =>
    (work) => {
      control?.signal?.throwIfAborted();
      return gate.run(control?.priority ?? 'interactive', control?.signal, work);
    };
  return {
    info,
    ...(template ? { chat: (messages) => template.prompt(messages) } : {}),
    ...(labels ? { proofread: (request, control) => proofread(tools, labels, request, turnOf(control)) } : {}),
    countTokens: (text) => tokenizer.encode(text).length,
    surprise: (request: SurpriseRequest, control?: RunControl): Promise<TokenSurprise[]> =>
      surprise(tools, request, turnOf(control)),
    score: (request: ScoreRequest, control?: RunControl): Promise<CandidateScore[]> => score(tools, request, turnOf(control)),
    infill: (request: InfillRequest, control?: RunControl): Promise<InfillResult[]> =>
      request.check
        ? infillChecked(tools, { ...request, check: request.check }, turnOf(control), control?.signal)
        : infill(tools, request, turnOf(control), control?.signal),
    complete: (request: CompletionRequest, control?: RunControl): Promise<Completion[]> =>
      complete(tools, request, turnOf(control), control?.signal),
    ...(toRevise
      ? {
          revise: async (request, control) =>
            revise({ model: await instructed(), tokenizer }, toRevise, request, turnOf(control), control?.signal),
        }
      : {}),
    rewrite: (request: RewriteRequest, control?: RunControl): Promise<RewriteResult> =>
      rewrite(tools, request, turnOf(control), control?.signal),
  };
}

/** What infills are made with, as the model's manifest says. */
export function textTools({ capabilities }: ModelTraits, model: StepModel, tokenizer: CodeTokenizer): TextTools {
  const plain: TextTools = { model, tokenizer, textOnly: textOnlyBias(model, tokenizer) };
  const structure = capabilities.includes('variable-length') ? structureOf(plain) : undefined;
  return { ...plain, ...(structure ? { structure } : {}) };
}

/** [vocabulary]: 0 for text, a large negative number for mask, end of text, other special tokens and unused rows of the table. */
export function textOnlyBias(
  model: { readonly config: Pick<TransformerConfig, 'vocabulary'> },
  tokenizer: CodeTokenizer,
): Float32Array {
  return Float32Array.from({ length: model.config.vocabulary }, (_, id) => (tokenizer.isText(id) ? 0 : never));
}
