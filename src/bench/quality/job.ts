/** What the bench asks of its measuring process, and what it gets back. */
import * as z from 'zod';
import { scoredGaps } from '../../training/pretrain/infill-scores';
import { calibrationSchema } from './calibration';
import { shareSchema } from './shares';

/** What is measured: the gaps with their lengths told and searched, those with a parser beside, and the rest by the names of the result's fields. */
export const parts = ['bits', 'infill', 'checked', 'ghost', 'mistakes', 'proofreading', 'written', 'ngrams'] as const;
export type Part = (typeof parts)[number];

export const jobSchema = z.object({
  parts: z.array(z.enum(parts)),
  /** Model folders: the one that is measured, and one beside it. */
  model: z.string(),
  against: z.string().nullable(),
  /** Measure the model with its matrices rounded to int8 as well. */
  int8: z.boolean(),
  /** The corpus, and files to measure on instead of its held-out part. */
  corpus: z.string(),
  files: z.string().nullable(),
  /** What `npm run tasks` made; repairs and edits are measured of models that say that they reason. Null: neither. */
  tasks: z.string().nullable(),
  /** The committed samples: what the n-gram model learns from where there is no corpus. */
  samples: z.string(),
  quick: z.boolean(),
  seed: z.number().int(),
  threads: z.number().int().min(0),
});
export type Job = z.infer<typeof jobSchema>;

const bitsSchema = z.object({ perCharacter: z.number(), standardError: z.number().nullable(), characters: z.number() });

/** One kind of gap, filled in one way. */
export const infillRowSchema = z.object({
  kind: z.enum(scoredGaps),
  /** Whether the number of tokens (or lexemes) was told, or searched for; `checked`: searched for, with a parser that has faulty fills denoised again. */
  length: z.enum(['told', 'searched', 'checked']),
  /** Denoising steps: so many; `each`: one a token; `threshold`: as the product decides. Null: no denoising. */
  steps: z.union([z.number(), z.enum(['each', 'threshold'])]).nullable(),
  meanSteps: z.number().nullable(),
  exact: shareSchema,
  /** Of three-line gaps: whether the whole file parses with the fill in its place. */
  parses: shareSchema.nullable(),
  /** Mean number of lines of fills that are not empty, and of what stood there, in gaps of three lines. */
  lines: z.object({ filled: z.number(), wanted: z.number() }).nullable(),
});
export type InfillRow = z.infer<typeof infillRowSchema>;

export const ghostSchema = z.object({
  asked: z.number(),
  /** Asked without a limit of confidence, nothing that may be shown came back. */
  silent: z.number(),
  calibration: calibrationSchema,
  /** What the product shows by default: the confidence it asks for, the share that is shown, and the share of those that is right. */
  /** Offers, whatever their confidence, with which a file parses that did so before. */
  parse: z.object({ oneLine: shareSchema, severalLines: shareSchema }),
  atDefault: z.object({ confidence: z.number(), shown: shareSchema, right: shareSchema }),
});
export type Ghost = z.infer<typeof ghostSchema>;

const writtenSchema = z.object({ pass1: z.number(), pass10: shareSchema });

/** Repairs that the model writes, ten candidates a case; `plain`: the answer alone. */
export const repairsSchema = z.object({
  cases: z.number(),
  candidates: z.number(),
  reasoned: writtenSchema,
  plain: writtenSchema,
  /** Of right code: how much it would have changed. */
  falseAlarms: shareSchema,
});
export type Repairs = z.infer<typeof repairsSchema>;

/** Of held-out functions that are read once as they stand. */
export const proofreadingSchema = z.object({
  /** The most doubtful token is a wrong one; a wrong one is among the three most doubtful. */
  placeFirst: shareSchema,
  placeAmongThree: shareSchema,
  /** The likeliest correction of one token mends it, by calls; one of the ten likeliest does. */
  pass1: shareSchema,
  pass10: shareSchema,
  /** Its likeliest correction is likelier than that of the right function: broken and right ones can be told apart. */
  toldApart: shareSchema,
});
export type Proofreading = z.infer<typeof proofreadingSchema>;

const editShares = { exact: shareSchema, parses: shareSchema };
export const editsSchema = z.object({
  ...editShares,
  /** What parses, and whose least sure decision has at least this probability: how much of all that is, and how much of it is right. */
  sure: z.array(z.object({ confidence: z.number(), shown: shareSchema, right: shareSchema })),
  kinds: z.array(z.object({ kind: z.string(), ...editShares })),
});
export type Edits = z.infer<typeof editsSchema>;

export const modelResultSchema = z.object({
  folder: z.string(),
  parameters: z.number(),
  maxSequence: z.number(),
  charactersPerToken: z.number(),
  /** Null: the model folder does not say. */
  stage: z.string().nullable(),
  /** Null here and below where it was not asked for, too. */
  bits: z
    .object({
      /** Null for a model that was not trained for it, or not last. */
      autoregressive: bitsSchema.nullable(),
      diffusion: bitsSchema,
    })
    .nullable(),
  infill: z.array(infillRowSchema),
  ghost: ghostSchema.nullable(),
  /** Null: there are no tasks. */
  mistakes: z.object({ rightLikelier: shareSchema, lineSurprising: shareSchema }).nullable(),
  /** Null: there are no tasks, or the tokenizer has no labels for it. */
  proofreading: proofreadingSchema.nullable(),
  /** Null: the model does not say that it reasons or revises, or there are no tasks. */
  repairs: repairsSchema.nullable(),
  edits: editsSchema.nullable(),
});
export type Mistakes = NonNullable<ModelResult['mistakes']>;
export type ModelResult = z.infer<typeof modelResultSchema>;

export const resultSchema = z.object({
  quick: z.boolean(),
  seed: z.number(),
  text: z.object({
    source: z.string(),
    documents: z.number(),
    packages: z.array(z.string()),
    characters: z.number(),
    /** Of those, what bits per character were measured on. */
    scoredCharacters: z.number(),
  }),
  tasks: z.record(z.string(), z.number()),
  model: modelResultSchema,
  against: modelResultSchema.nullable(),
  int8: modelResultSchema.nullable(),
  ngram: z
    .object({
      trainedOn: z.string(),
      documents: z.number(),
      characters: z.number(),
      lexemes: z.number(),
      bits: bitsSchema,
      infill: z.array(infillRowSchema),
    })
    .nullable(),
});
export type Result = z.infer<typeof resultSchema>;

/** How much is measured. */
export interface Amounts {
  /** Tasks of each kind, and completions. */
  readonly tasks: number;
  readonly ghosts: number;
  /** Characters for bits per character, and those that the n-gram model learns from. */
  readonly characters: number;
  readonly training: number;
  readonly steps: readonly number[];
  /** Repairs, and edits of each kind. */
  readonly repairs: number;
  readonly edits: number;
}

export const amounts: Readonly<Record<'quick' | 'full', Amounts>> = {
  quick: { tasks: 6, ghosts: 16, characters: 8_000, training: 200_000, steps: [1, 4], repairs: 2, edits: 1 },
  full: { tasks: 200, ghosts: 400, characters: 240_000, training: 16e6, steps: [1, 2, 4, 8, 16], repairs: 60, edits: 8 },
};
