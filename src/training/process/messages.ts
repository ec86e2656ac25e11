/** What a training process and the one that started it say to each other, over Node's own channel between processes; each checks what it is told. */
import * as z from 'zod';
import { logRecord, type NewRecord } from '../log/records';

/** To the training. The first message is the job. */
export const orders = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('job'), parentPid: z.number().int().positive(), job: z.json() }),
  /** Checkpoint, and end. */
  z.object({ kind: z.literal('cancel') }),
]);

/** From the training. The last message is `ended` or `failed`. */
export const reports = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('record'), record: logRecord }),
  z.object({ kind: z.literal('ended'), cancelled: z.boolean(), result: z.json() }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
]);

export type Json = z.infer<ReturnType<typeof z.json>>;
export type Order = z.infer<typeof orders>;
export type Report =
  | { readonly kind: 'record'; readonly record: NewRecord }
  | { readonly kind: 'ended'; readonly cancelled: boolean; readonly result: Json }
  | { readonly kind: 'failed'; readonly message: string };
