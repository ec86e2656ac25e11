/**
 * What the features (completion, edit, repair) need of a masked-diffusion model: plain text in, plain text out.
 * One instance serves one engine process. Implementations live beside this file; features never see tensors.
 */

import type { ChatMessage, ChatPrompt } from '../model/chat-template';
import type { ConfidenceCalibration } from './confidence';
import type { UnmaskRule } from './unmask-rules';

export type { ChatMessage, ChatPrompt };

/** Lower runs first: typing must never wait for a background search. */
export type Priority = 'typing' | 'interactive' | 'background';

/** How a caller steers one request. Every method stops between denoising steps (or sooner) when `signal` aborts, by throwing `signal.reason`. */
export interface RunControl {
  readonly signal?: AbortSignal;
  readonly priority?: Priority;
}

export interface CodeModelInfo {
  /** Manifest name, for example `unmask-tiny`. */
  readonly id: string;
  readonly parameters: number;
  /** Longest canvas (prompt and completion together) in tokens. */
  readonly maxSequence: number;
  /** `infill` always; `proofread`, `revise`, `instruct` and `reason` where the manifest declares them. */
  readonly capabilities: readonly string[];
  /** Provider in real use, for example `cpu` or `webgpu`. */
  readonly device: string;
  /** What its probabilities are worth; absent: it was never measured. */
  readonly confidence?: ConfidenceCalibration;
}

/** One token of a scored region, with the model's belief when that token was masked. */
export interface TokenSurprise {
  /** Half-open character range in the text that was passed in. */
  readonly start: number;
  readonly end: number;
  /** log p(token | both sides), natural logarithm, of the token that stands there. */
  readonly logp: number;
  /** The model's best tokens for this position, best first, as text. May include the present one. */
  readonly alternatives: readonly { readonly text: string; readonly logp: number }[];
}

export interface SurpriseRequest {
  readonly text: string;
  /** Half-open character range to score; the rest is context (cut to what the model can hold). */
  readonly start: number;
  readonly end: number;
  /** Number of interleaved masks (each one forward pass); more is slower and sharper. Default 6. */
  readonly strides?: number;
  /** Alternatives a token. Default 8. */
  readonly topK?: number;
}

export interface ProofreadRequest {
  readonly text: string;
  /** Half-open character range to proofread; the rest is context (cut to what the model can hold). */
  readonly start: number;
  readonly end: number;
  /** Changes to be judged, each by itself: a half-open character range, and what would stand there. */
  readonly changes: readonly { readonly start: number; readonly end: number; readonly text: string }[];
  /** Alternatives a token. Default 8. */
  readonly topK?: number;
}

export interface ProofreadResult {
  /** Of every token that touches the range, in order: `logp` that it is right as it stands, and what else should stand there. */
  readonly tokens: readonly TokenSurprise[];
  /** Of each change: how much likelier it is right than what stands, nats. Null where it lies outside the range, or changes no token. */
  readonly gains: readonly (number | null)[];
}

export interface ScoreRequest {
  readonly prefix: string;
  readonly suffix: string;
  /** Texts that could stand between prefix and suffix. */
  readonly candidates: readonly string[];
}

export interface CandidateScore {
  /** Sum over the candidate's tokens of log p with the whole candidate masked (one forward per distinct length). */
  readonly logp: number;
  readonly tokens: number;
}

export interface InfillRequest {
  readonly prefix: string;
  readonly suffix: string;
  /** Text from elsewhere that may help, what matters most at its end. Put before the prefix, in at most a quarter of the room; what is copied may stand further away. */
  readonly context?: string;
  /** How many samples to draw (one batch); duplicates are removed, so fewer may come back. Default 1. */
  readonly samples?: number;
  /** 0 is arg-max. Default 0. */
  readonly temperature?: number;
  /** Longest fill in tokens. Default 32. */
  readonly maxTokens?: number;
  /** Canvas lengths (tokens) to try; absent: chosen by the model's first-step confidence (CAL). */
  readonly lengths?: readonly number[];
  /** Makes the run repeatable. Default 0. */
  readonly seed?: number;
  /** At most this many line breaks in the fill. Default: no limit. */
  readonly maxLines?: number;
  /** What each denoising step commits. Default: every token of probability 0.9, and always the best one. */
  readonly rule?: UnmaskRule;
  /**
   * Fills whose mean log-probability must end up below this are given up as soon as that is certain, and come back without text. One sample only: with more,
   * the others would have to go on.
   */
  readonly leastMeanLogp?: number;
  /** Makes the fills such that it finds no fault with them, if several times an infill's time can do that; then `lengths` and `leastMeanLogp` don't count. */
  readonly check?: FillCheck;
  /** Called after each denoising step of the first sample. */
  readonly onStep?: (step: InfillStep) => void;
}

/** What can be told of a text in a gap without the model: by a parser, say. */
export interface FillCheck {
  /** Offsets in a fill at which it is seen to be wrong, in order, its length where only what follows shows it. None: it may stand. */
  faultsOf(fill: string): readonly number[];
  /** What a fill that begins so has still to hold, if that is known: one of these lists of texts, in their order. */
  needsAfter(kept: string): readonly (readonly string[])[];
  /** Texts from elsewhere that may do where nothing that was denoised does: groups, of which a later one counts where no text of an earlier one does. */
  elsewhere?(): readonly (readonly string[])[];
  /** After so long no fill is denoised anew; what has been found by then comes back. Default: no limit. */
  readonly milliseconds?: number;
}

/** A canvas after one denoising step, for the denoising view. */
export interface InfillStep {
  readonly step: number;
  /** One entry a canvas position between prefix and suffix; `text` is null where it is still masked. */
  readonly tokens: readonly {
    readonly text: string | null;
    readonly confidence: number;
    readonly changed: 'none' | 'unmasked' | 'remasked';
  }[];
}

export interface InfillResult {
  readonly text: string;
  readonly tokens: number;
  /** Mean log-probability a token at the moment it was committed; of a fill that was given up, a bound that it could not exceed. */
  readonly meanLogp: number;
  /** Smallest commit-time probability of any token, 0..1. */
  readonly minConfidence: number;
  readonly steps: number;
}

/** Places of a text to write anew, all together. */
export interface RewriteRequest {
  readonly text: string;
  /**
   * Half-open character ranges, disjoint: tokens that touch one are masked. A place keeps its number of tokens and its line breaks, and holds none of the
   * texts of `avoid` afterwards: what evidence has spoken against.
   */
  readonly places: readonly { readonly start: number; readonly end: number; readonly avoid?: readonly string[] }[];
  /** What each denoising step commits. Default: every token of probability 0.9, and always the best one. */
  readonly rule?: UnmaskRule;
  /** Tokens written with less than this probability are masked and written once more, seeing all others. Default 0: none are. */
  readonly doubt?: number;
  /** Called when the masks are set, after each denoising step, and when tokens were masked again. */
  readonly onStep?: (step: RewriteStep) => void;
}

/** A canvas from its first mask to its last, for those who show it. A long request has several canvases, one after the other. */
export interface RewriteStep {
  readonly canvas: number;
  /** Counts from 0 within its canvas. */
  readonly step: number;
  /** Forward passes of the whole request so far. */
  readonly forwards: number;
  readonly tokens: readonly {
    /** Null where masked. */
    readonly text: string | null;
    readonly state: 'masked' | 'unmasked' | 'remasked' | 'kept';
    /** Probability of the text, or of the best guess for a masked position; null where the model was not asked. */
    readonly confidence: number | null;
    /** Half-open character range of the token that stood here. */
    readonly start: number;
    readonly end: number;
  }[];
}

export interface RewrittenPlace {
  /** Whole tokens, so it may be somewhat larger than the place that was asked for. */
  readonly start: number;
  readonly end: number;
  /** What the model wrote there; may be what was there before. */
  readonly text: string;
  /** Mean log-probability a token at the moment it was committed. */
  readonly meanLogp: number;
}

export interface RewriteResult {
  readonly places: readonly RewrittenPlace[];
  readonly forwards: number;
}

export interface CompletionRequest {
  /** Text to go on from, or what `CodeModel.chat` made of a conversation. */
  readonly prompt: string | ChatPrompt;
  /** Drawn in one batch. Default 1. */
  readonly samples?: number;
  /** 0 is arg-max. Default 0. */
  readonly temperature?: number;
  /** Room for the completion and its end, in tokens; cut to what the prompt leaves. Default 96. */
  readonly maxTokens?: number;
  /** Tokens that each denoising step writes. Default 2, as d1's. */
  readonly tokensPerStep?: number;
  /** Makes the run repeatable. Default 0. */
  readonly seed?: number;
  /** Called when the masks are set, and after each denoising step, of the first sample. */
  readonly onStep?: (step: CompletionStep) => void;
}

export interface ReviseRequest {
  readonly text: string;
  /** What is asked of it, in words. */
  readonly instruction: string;
  /** Once a decision is less sure than this, no more is tried. Default 0. */
  readonly leastConfidence?: number;
  readonly onStep?: (step: CompletionStep) => void;
}

/** `forwards`: passes of the model. */
export type Revision =
  /** `confidence`: probability of the least sure decision; 1 where nothing was done. */
  | { readonly kind: 'revised'; readonly text: string; readonly confidence: number; readonly forwards: number }
  /** No end was found, or a decision was not sure enough. */
  | { readonly kind: 'given-up'; readonly forwards: number }
  /** `needed`: tokens of text and wish, more than the model's sequences have. */
  | { readonly kind: 'too-long'; readonly needed: number };

/** A completion after a denoising step. */
export interface CompletionStep {
  /** Counts from 0, when all is masked. Also the number of forward passes so far. */
  readonly step: number;
  /** Up to the completion's end, once that is written. */
  readonly tokens: readonly {
    /** Null where masked. */
    readonly text: string | null;
    readonly state: 'masked' | 'unmasked' | 'kept';
    /** Probability of the text, or of the best guess for a masked position; null where the model was not asked. */
    readonly confidence: number | null;
  }[];
}

export interface Completion {
  /** Without the end token. */
  readonly text: string;
  /** False where the room was used up before the end. */
  readonly finished: boolean;
  /** Mean log-probability a token at the moment it was committed, the end token among them. */
  readonly meanLogp: number;
}

export interface CodeModel {
  readonly info: CodeModelInfo;
  /**
   * Puts a conversation as this model was taught to read it. Absent where it doesn't follow instructions, or its folder has no chat template. Throws ModelError if
   * the template fails on these messages.
   */
  readonly chat?: (messages: readonly ChatMessage[]) => ChatPrompt;
  /** Number of tokens of a text, for budgeting. */
  countTokens(text: string): number;
  /** Per-token surprise over a region by strided masking: a localiser, and a cheap source of one-token candidates. */
  surprise(request: SurpriseRequest, control?: RunControl): Promise<TokenSurprise[]>;
  /** One pass over a text as it stands: what is wrong in it. Absent where the model was not taught to (its manifest says `proofread`). */
  readonly proofread?: (request: ProofreadRequest, control?: RunControl) => Promise<ProofreadResult>;
  /** Pseudo-log-likelihood of each candidate in place, in the order given. */
  score(request: ScoreRequest, control?: RunControl): Promise<CandidateScore[]>;
  /** Fills the gap between prefix and suffix; best first; never contains special tokens. */
  infill(request: InfillRequest, control?: RunControl): Promise<InfillResult[]>;
  /** Goes on from a prompt; worth asking of models whose manifest says `reason` or `instruct`. */
  complete(request: CompletionRequest, control?: RunControl): Promise<Completion[]>;
  /**
   * Changes a text as it is asked to, by corrections of the text as it stands. Absent where the model was not taught to (its manifest says `revise`).
   */
  readonly revise?: (request: ReviseRequest, control?: RunControl) => Promise<Revision>;
  /** Masks places of a text and denoises them together. */
  rewrite(request: RewriteRequest, control?: RunControl): Promise<RewriteResult>;
}
