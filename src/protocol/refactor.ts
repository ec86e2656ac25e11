/** Refactor…: what is to change, where to look for it, and changes of one or more files with what was checked of them. Offsets are UTF-16 units. */
import * as z from 'zod';
import { budget, traceEntry } from './messages';

const range = z.object({ start: z.number().int().min(0), end: z.number().int().min(0) });

/** `references`: the file, and those that use what it (or the selected name) declares. */
export const refactorScope = z.enum(['selection', 'file', 'references']);
export type RefactorScope = z.infer<typeof refactorScope>;

export const refactorTarget = z.object({
  /** Absolute path. */
  file: z.string().min(1),
  /** Half-open. Empty: what is around the cursor. */
  range,
  /** Unsaved texts by absolute path; they stand for the files on disk. */
  overlays: z.record(z.string(), z.string()).default({}),
});
export type RefactorTarget = z.input<typeof refactorTarget>;

export const refactorParams = refactorTarget.extend({
  /** In words of the user's own; empty: improve. */
  instruction: z.string().max(2_000).default(''),
  /** The `action` of an offer; stands for the instruction. */
  action: z.string().max(200).optional(),
  scope: refactorScope.default('file'),
  /** Run the project's tests before and after. False where nothing of the workspace may run: then types and syntax are all that is checked. */
  tests: z.boolean().default(true),
  /** Any command with an exit code; absent: mocha or node:test is found by itself. */
  testCommand: z.string().optional(),
  budget: budget.default('standard'),
});
export type RefactorParams = z.input<typeof refactorParams>;

/** Something that could be asked for here. */
export const refactorOffer = z.object({
  /** An instruction that asks for it, or the title of an action. */
  title: z.string(),
  /** Present for what the language service does: to be sent back as it is. */
  action: z.string().optional(),
  /** Places in the file; 0 where that is not known. */
  places: z.number().int().min(0),
});
export type RefactorOffer = z.infer<typeof refactorOffer>;
export const refactorOffersResult = z.object({ offers: z.array(refactorOffer) });
export type RefactorOffersResult = z.infer<typeof refactorOffersResult>;

export const refactorChange = z.object({
  start: z.number().int().min(0),
  end: z.number().int().min(0),
  text: z.string(),
  /** What it is part of, for people. Changes with the same title belong together. */
  title: z.string(),
  /** A test runs the code that it changes. */
  tested: z.boolean(),
});
export type RefactorChange = z.infer<typeof refactorChange>;

export const refactorFile = z.object({
  /** Absolute path. */
  file: z.string(),
  /** False: the file is new. */
  exists: z.boolean(),
  /** In order, disjoint. */
  changes: z.array(refactorChange),
  newText: z.string(),
  diff: z.string(),
  /** sha256 (hex) of the text that the changes were computed on. */
  baseHash: z.string(),
});
export type RefactorFile = z.infer<typeof refactorFile>;

export const refactorResult = z.object({
  /** `unchanged`: understood, but there is nothing to do. `refused`: it can't be done; `message` says why and what would help. */
  status: z.enum(['refactored', 'unchanged', 'refused']),
  reason: z.enum(['language', 'syntax', 'impossible', 'not-understood', 'no-model', 'checks', 'project']).optional(),
  /** `known`: edits that keep what a program does. `service`: the language service. `denoised`: the model wrote it. */
  how: z.enum(['known', 'service', 'denoised', 'none']),
  message: z.string(),
  files: z.array(refactorFile),
  /** The strongest check that the result has passed. */
  proof: z.enum(['tests', 'types', 'syntax', 'none']),
  /** Changes that were proposed and taken back, each with the evidence against it. */
  dropped: z.array(z.object({ title: z.string(), file: z.string(), why: z.string() })),
  /** Times that the whole was checked. */
  rounds: z.number().int(),
  testsRun: z.number().int(),
  seconds: z.number(),
  device: z.string(),
  trace: z.array(traceEntry),
  /** What could be asked for instead; only where nothing came of it. */
  offers: z.array(refactorOffer),
  /** What words that were not understood may have meant. */
  suggestion: z.string().optional(),
});
export type RefactorResult = z.infer<typeof refactorResult>;
