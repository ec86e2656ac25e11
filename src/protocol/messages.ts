/** The typed requests and notifications between a client (editor, command line) and the engine process. Every message is validated at both ends. */
import * as z from 'zod';
import { denoisingStep } from './denoising';
import { denoisingRecord } from './denoising-record';

/** Raised when the two ends are of different builds; see `InitializeResult.protocol`. */
export const PROTOCOL_VERSION = 1;

export const deviceChoice = z.enum(['auto', 'cpu', 'webgpu']);
export type DeviceChoice = z.infer<typeof deviceChoice>;

/** The device that is truly in use, and why it is not the better one. */
export const deviceReport = z.object({
  inUse: z.enum(['cpu', 'webgpu']),
  asked: deviceChoice,
  /** Adapter or processor name for people. */
  description: z.string(),
  /** Present when a wanted device could not be used: why. */
  reason: z.string().optional(),
});
export type DeviceReport = z.infer<typeof deviceReport>;

export const initializeParams = z.object({
  protocol: z.number().int(),
  /** Absolute folder of the model; absent: the embedded one. `random:SEED` initialises the embedded architecture at random (benchmarks); `none` runs without a model. */
  model: z.string().optional(),
  /** Absolute folder of a low-rank adapter in PEFT's layout, for that model; absent: none. */
  adapter: z.string().optional(),
  device: deviceChoice.default('auto'),
  /** With device `auto`: do not look for a GPU, and report this as the reason (an engine died of it before). */
  avoidGpu: z.string().optional(),
  /** Threads for the model; 0: chosen by the engine. */
  threads: z.number().int().min(0).max(256).default(0),
  /** Restart wanted above this resident size. */
  memoryLimitMb: z.number().int().min(256).max(1_048_576).default(4096),
  /** Process to watch: the engine ends itself when it is gone. */
  parentPid: z.number().int().positive(),
});
export type InitializeParams = z.input<typeof initializeParams>;

export const initializeResult = z.object({
  protocol: z.number().int(),
  version: z.string(),
  model: z
    .object({ id: z.string(), parameters: z.number(), maxSequence: z.number(), capabilities: z.array(z.string()) })
    .nullable(),
  device: deviceReport,
  readyMs: z.number(),
});
export type InitializeResult = z.infer<typeof initializeResult>;

export const health = z.object({
  pid: z.number().int(),
  uptimeSeconds: z.number(),
  rssMb: z.number(),
  device: deviceReport,
  state: z.enum(['starting', 'idle', 'busy']),
  queued: z.number().int(),
});
export type Health = z.infer<typeof health>;

export const completeParams = z.object({
  prefix: z.string(),
  suffix: z.string(),
  /** Text from elsewhere that may help, what matters most at its end; given at most a quarter of the model's room. */
  context: z.string().max(200_000).default(''),
  languageId: z.string(),
  maxLines: z.number().int().min(1).max(64).default(8),
  maxTokens: z.number().int().min(1).max(512).default(32),
  /** 0..1; a completion less certain than this is not offered. */
  minConfidence: z.number().min(0).max(1).default(0.15),
  /** Somebody asked for this one and waits: where the likeliest completion would break the syntax, others are tried. */
  demanded: z.boolean().default(false),
  seed: z.number().int().default(0),
  /** Keep every step of the canvas, for the denoising view. Computes anew what is known already. */
  record: z.boolean().default(false),
  /** `background`: asked for ahead of its time; everything that somebody waits for goes first. */
  priority: z.enum(['typing', 'background']).default('typing'),
});
export type CompleteParams = z.input<typeof completeParams>;

export const completeResult = z.object({
  /** Null: nothing good enough to show; `silence` says why. */
  text: z.string().nullable(),
  confidence: z.number(),
  silence: z.string().optional(),
  steps: z.number().int(),
  milliseconds: z.number(),
  device: z.string(),
  /** Where `record` was asked for and the model was asked. */
  record: denoisingRecord.optional(),
});
export type CompleteResult = z.infer<typeof completeResult>;

/** A stretch of text that was replaced. */
const replacement = z.object({ oldText: z.string().max(4_000), newText: z.string().max(4_000) });

export const nextEditParams = z.object({
  /** The whole document as it is now. */
  text: z.string().max(1_000_000),
  languageId: z.string(),
  /** What was changed just now: `oldText` stood where `newText` stands. */
  change: replacement.extend({ start: z.number().int().min(0) }),
  /** What was changed before, in the same document: `change` of earlier answers. */
  recent: z.array(replacement).max(64).default([]),
});
export type NextEditParams = z.input<typeof nextEditParams>;

export const nextEditResult = z.object({
  /** The change in whole tokens, to be sent again as one of `recent`; null where it is no pattern. */
  change: replacement.nullable(),
  /** Why something may follow; null: nothing does. */
  kind: z.enum(['rename', 'repeat']).nullable(),
  /** What may be changed next, in the order to go through it: `[start, end)` of the document holds `oldText`. */
  edits: z.array(replacement.extend({ start: z.number().int().min(0), end: z.number().int().min(0) })),
});
export type NextEditResult = z.infer<typeof nextEditResult>;

export const budget = z.enum(['instant', 'standard', 'deep']);
export type Budget = z.infer<typeof budget>;

/** Seconds of search each budget allows. */
export const budgetSeconds: Readonly<Record<Budget, number>> = { instant: 5, standard: 30, deep: 120 };

export const fixParams = z.object({
  /** Absolute path. */
  file: z.string(),
  /** 1-based inclusive lines the fault is suspected in; absent: found by evidence. */
  range: z.object({ start: z.number().int().positive(), end: z.number().int().positive() }).optional(),
  /** Any command with an exit code; absent: mocha or node:test is found by itself. */
  testCommand: z.string().optional(),
  /** Only these failing tests matter (ids or titles); absent: all that fail. */
  tests: z.array(z.string()).optional(),
  budget: budget.default('standard'),
  /** `mutation`: no model at all; `model`: only model candidates; `both` is the product. */
  sources: z.enum(['both', 'mutation', 'model']).default('both'),
  /** Unsaved texts by absolute path; they stand for the files on disk. */
  overlays: z.record(z.string(), z.string()).default({}),
  /** A diagnostic that the user acted on: a hint for localisation. */
  diagnostic: z.object({ message: z.string(), line: z.number().int().positive() }).optional(),
  seed: z.number().int().default(0),
  workers: z.number().int().min(1).max(64).optional(),
  /** Report some of the model's infills with every step of their canvases, for the denoising view: see `Progress.record`. */
  record: z.boolean().default(false),
});
export type FixParams = z.input<typeof fixParams>;

/** One entry of the reasoning trace; `text` is a readable sentence or two built from evidence. */
export const traceEntry = z.object({
  kind: z.enum(['failure', 'suspect', 'propose', 'attempt', 'evidence', 'choice', 'proof', 'note']),
  text: z.string(),
  /** Seconds since the request began. */
  at: z.number(),
  line: z.number().int().positive().optional(),
});
export type TraceEntry = z.infer<typeof traceEntry>;

export const fixResult = z.object({
  status: z.enum(['fixed', 'not-fixed', 'no-failing-test', 'error']),
  file: z.string(),
  /** Unified diff; empty where there is no fix. */
  diff: z.string(),
  /** Where the winning candidate came from. */
  source: z.enum(['model', 'mutation', 'none']),
  candidatesTried: z.number().int(),
  testsRun: z.number().int(),
  /** What was tried up to the first candidate that passed, in the order of their turns, without the runs that show the fault. The search goes on a little, for a better one. */
  firstPass: z.object({ candidates: z.number().int(), testsRun: z.number().int() }).optional(),
  seconds: z.number(),
  device: z.string(),
  trace: z.array(traceEntry),
  /** The whole new text of the file, and a hash (sha256, hex) of the text it was computed on. */
  newText: z.string().optional(),
  baseHash: z.string().optional(),
  /** Other candidates that also passed every test, as diffs, best first. */
  alternatives: z.array(z.object({ diff: z.string(), newText: z.string(), source: z.enum(['model', 'mutation']) })).default([]),
  /** 0..1: how sure the choice is, from the number of rivals and the model's likelihoods. */
  confidence: z.number().optional(),
  /** For `error`: what went wrong, and the setting or option that mends it. */
  error: z.string().optional(),
});
export type FixResult = z.infer<typeof fixResult>;

export const progress = z.object({
  /** A short line for people. */
  message: z.string(),
  /** 0..1 of the whole where it is known. */
  fraction: z.number().min(0).max(1).optional(),
  trace: traceEntry.optional(),
  /** A canvas after a denoising step, where the request denoises something that the user watches. */
  denoising: denoisingStep.optional(),
  /** An infill of a fix, where they were asked for. Such progress carries nothing else: its message is empty. */
  record: denoisingRecord.optional(),
});
export type Progress = z.infer<typeof progress>;

/** What a request that reports progress carries beside its own parameters: the token of its `$/progress` notifications. */
export const progressToken = z.union([z.string(), z.number().int()]).optional();

export const benchEngineParams = z.object({
  /** Fewer repeats, for tests: the same keys, noisier numbers. */
  quick: z.boolean().default(false),
});
export type BenchEngineParams = z.input<typeof benchEngineParams>;

/** The benchmark's own report: its keys are stated where it is made. */
export const benchEngineResult = z.record(z.string(), z.unknown());
export type BenchEngineResult = z.infer<typeof benchEngineResult>;

export const logMessage = z.object({ level: z.enum(['error', 'warning', 'info', 'debug']), message: z.string() });
export type LogMessage = z.infer<typeof logMessage>;

/** Sent once, after a request that left the engine larger than it may be; the client restarts it when idle. */
export const restartWanted = z.object({ reason: z.string(), rssMb: z.number() });
export type RestartWanted = z.infer<typeof restartWanted>;

/** Method names on the wire. */
export const methods = {
  initialize: 'unmask/initialize',
  health: 'unmask/health',
  complete: 'unmask/complete',
  nextEdit: 'unmask/nextEdit',
  fix: 'unmask/fix',
  edit: 'unmask/edit',
  /** Which kinds of edits find a place in a region. */
  editOffers: 'unmask/edit/offers',
  refactor: 'unmask/refactor',
  /** What could be asked for at a place. */
  refactorOffers: 'unmask/refactor/offers',
  benchEngine: 'unmask/bench/engine',
  shutdown: 'unmask/shutdown',
  /** Engine to client. */
  log: 'unmask/log',
  restartWanted: 'unmask/restartWanted',
} as const;
