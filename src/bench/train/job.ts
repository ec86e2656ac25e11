/** What the bench asks of a measuring process, and what it gets back. */
import * as z from 'zod';
import { kinds, objectives, optimisers, sizes } from './networks';

export const jobSchema = z.object({
  size: z.enum(sizes),
  objective: z.enum(objectives),
  kind: z.enum(kinds),
  optimiser: z.enum(optimisers),
  threads: z.number().int().positive(),
  /** Measured updates, each between two measurements of the roof. */
  turns: z.number().int().positive(),
});
export type Job = z.infer<typeof jobSchema>;

export const measurementSchema = z.object({
  parameters: z.number(),
  trained: z.number(),
  /** Positions of an update, and rows that enter its loss. */
  tokens: z.number(),
  rows: z.number(),
  /** Seconds of an update: gradients, clipping and the optimiser's step. */
  seconds: z.number(),
  gflops: z.number(),
  roofGflops: z.number(),
  /** Of whole updates. */
  roofShare: z.number(),
  /** Of the part that computes gradients, alone. */
  roofShareGradients: z.number(),
  /** Of an update's time: all that comes after the gradients. */
  optimiserShare: z.number(),
  memory: z.object({
    /** Bytes: the process's highest resident size, and what it had before there were any weights (Node and the runtime). */
    peak: z.number(),
    before: z.number(),
    weights: z.number(),
    gradients: z.number(),
    moments: z.number(),
    activations: z.number(),
  }),
});
export type Measurement = z.infer<typeof measurementSchema>;

/** `ar_full_25m`; Muon's, which is measured beside AdamW, `ar_full_25m_muon`. */
export function nameOf(job: Pick<Job, 'size' | 'objective' | 'kind' | 'optimiser'>): string {
  return [job.objective, job.kind, job.size, ...(job.optimiser === 'muon' ? ['muon'] : [])].join('_');
}
