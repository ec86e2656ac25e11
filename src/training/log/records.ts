/** What a training tells, line by line: the log's file, the messages of its process, and the display all hold these records. */
import * as z from 'zod';

/** Not a number where a training has gone astray; JSON, which has no word for it, then holds null. */
const figure = z
  .number()
  .nullable()
  .transform((value) => value ?? NaN);
const figures = z.record(z.string(), figure);

/** Updates of the optimiser done so far. */
const step = z.number().int().min(0);
/** Seconds trained, over all processes of the run. */
const seconds = z.number().min(0);

export const runRecord = z.object({
  kind: z.literal('run'),
  version: z.literal(1),
  title: z.string(),
  /** Where the training is to end, as far as that is known. */
  total: z.object({ steps: z.number().int().positive().optional(), seconds: z.number().positive().optional() }),
  /** Settings, for whoever reads the log later. */
  settings: z.record(z.string(), z.json()).default({}),
});

/** One update. Well-known metrics have names in `metrics.ts`; others are kept and can be drawn too. */
export const updateRecord = z.object({ kind: z.literal('update'), step, seconds, metrics: figures });

/** A score on tasks that are not trained on. */
export const evaluationRecord = z.object({ kind: z.literal('evaluation'), step, seconds, set: z.string(), metrics: figures });

/** Something worth a sentence: a checkpoint, a phase that begins, why a training ended. */
export const noteRecord = z.object({ kind: z.literal('note'), step, seconds, text: z.string() });

export const logRecord = z.discriminatedUnion('kind', [runRecord, updateRecord, evaluationRecord, noteRecord]);

export type RunRecord = z.input<typeof runRecord>;
export type UpdateRecord = z.infer<typeof updateRecord>;
export type EvaluationRecord = z.infer<typeof evaluationRecord>;
export type NoteRecord = z.infer<typeof noteRecord>;
export type LogRecord = z.infer<typeof logRecord>;
/** A record as its writer gives it. */
export type NewRecord = RunRecord | UpdateRecord | EvaluationRecord | NoteRecord;
