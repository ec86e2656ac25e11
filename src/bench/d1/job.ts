/** What the bench asks of a training process, and what it gets back. */
import * as z from 'zod';
import { ablationArms, mainArms, type ArmName } from './arms';

const armNames = [...mainArms, ...ablationArms] as [ArmName, ...ArmName[]];
export const taskNames = ['sudoku', 'countdown'] as const;

export const jobSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('base'),
    task: z.enum(taskNames),
    seconds: z.number().positive(),
    folder: z.string(),
    threads: z.number().int().positive(),
    testFile: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('arm'),
    task: z.enum(taskNames),
    arm: z.enum(armNames),
    seed: z.number().int().min(0),
    /** Processor seconds of training. */
    seconds: z.number().positive(),
    /** Model folder of the base. */
    base: z.string(),
    threads: z.number().int().positive(),
    /** Puzzles in one of d1's formats to be scored on, in place of those made here. */
    testFile: z.string().nullable(),
  }),
]);
export type Job = z.infer<typeof jobSchema>;
export type ArmJobMessage = Extract<Job, { kind: 'arm' }>;

const evaluation = z.object({
  length: z.number(),
  remask: z.boolean(),
  accuracy: z.number(),
  solved: z.number(),
  forwards: z.number(),
  seconds: z.number(),
  tokens: z.number(),
  correctedOfSolved: z.number(),
});

export const outcomeSchema = z.object({
  task: z.enum(taskNames),
  arm: z.enum(armNames),
  seed: z.number(),
  /** Of everything that decides the result but the seed: only outcomes of the same experiment are compared or resumed. */
  experiment: z.string(),
  updates: z.object({ sft: z.number(), grpoRounds: z.number() }),
  seconds: z.number(),
  puzzles: z.number(),
  evaluations: z.array(evaluation),
});
export type Outcome = z.infer<typeof outcomeSchema>;
