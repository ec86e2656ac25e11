/** Edit Selection: an instruction, a region of a text, and the hunks that come of it. All offsets are UTF-16 units of the request's own text. */
import * as z from 'zod';
import { denoisingStep } from './denoising';

const range = z.object({ start: z.number().int().min(0), end: z.number().int().min(0) });

export const editTarget = z.object({
  /** Absolute path, or the name of an unsaved document: its ending says which grammar holds. */
  file: z.string().min(1),
  /** The whole text as the user sees it, line breaks and all. */
  text: z.string(),
  /** Half-open; meant are its whole lines. Empty: the function around it, else the statement. */
  range,
});
export type EditTarget = z.infer<typeof editTarget>;

export const editParams = editTarget.extend({
  /** In words of the user's own; empty: improve. */
  instruction: z.string().max(2_000).default(''),
  /** Also answer with every denoising step, to be replayed. They are sent as progress in any case. */
  record: z.boolean().default(false),
});
export type EditParams = z.input<typeof editParams>;

/** Changes that are taken or left together. Any choice of hunks leaves a text that parses. */
export const editHunk = z.object({
  /** What it does, for people. */
  title: z.string(),
  /** Names of the kinds of edits that made it; none: the model did. */
  kinds: z.array(z.string()),
  /** In order, disjoint. */
  changes: z.array(z.object({ start: z.number().int().min(0), end: z.number().int().min(0), text: z.string() })).min(1),
});
export type EditHunk = z.infer<typeof editHunk>;

/** A kind of edit as it can be asked for. */
export const editOffer = z.object({
  kind: z.string(),
  /** An instruction that asks for it. */
  instruction: z.string(),
  /** Places in the region; 0: it would do nothing there. */
  places: z.number().int().min(0),
});
export type EditOffer = z.infer<typeof editOffer>;

export const editResult = z.object({
  /** `unchanged`: understood, but there is nothing to do. `refused`: it can't be done; `message` says why and what would help. */
  status: z.enum(['edited', 'unchanged', 'refused']),
  /** `known`: by edits that keep what a program does. `denoised`: by the model, proved by nothing but that it parses. */
  how: z.enum(['known', 'denoised', 'none']),
  /** Why it was refused, for programs. */
  reason: z
    .enum(['language', 'syntax', 'impossible', 'not-understood', 'no-model', 'no-chat-template', 'too-long', 'unusable-answer'])
    .optional(),
  /** What happened, honestly, for people. */
  message: z.string(),
  file: z.string(),
  /** The region that was looked at: whole lines. All changes lie in it, unless a named thing is used elsewhere, too; then it covers those places. */
  range,
  /** In the order of the text. */
  hunks: z.array(editHunk),
  /** With every hunk taken. Absent where nothing changes. */
  newText: z.string().optional(),
  /** Unified diff of that; empty where nothing changes. */
  diff: z.string(),
  /** sha256 (hex) of the text that was sent. */
  baseHash: z.string(),
  /** What could be asked for instead, best first; only where nothing was edited. */
  offers: z.array(editOffer),
  /** Of the offers, what the words may have meant, where they were not understood. */
  suggestion: z.string().optional(),
  /** Forward passes of the model. */
  steps: z.number().int(),
  seconds: z.number(),
  device: z.string(),
  record: z.array(denoisingStep).optional(),
});
export type EditResult = z.infer<typeof editResult>;

export const editOffersResult = z.object({
  range,
  /** Those that find a place in the region first, then all others. */
  offers: z.array(editOffer),
});
export type EditOffersResult = z.infer<typeof editOffersResult>;
