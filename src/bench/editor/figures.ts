/** What is measured in the editor, and what the figures are to be. */
import * as z from 'zod';
import type { Decoding } from './job';

/** Printed by the driver (test/bench/editor); null where the feature is not there, or nothing came. */
export const hostSchema = z.object({
  host: z.string(),
  activation_ms: z.number(),
  activation_load_ms: z.number(),
  engine_started_by_activation: z.boolean(),
  keystroke_to_ghost_p50_ms: z.number().nullable(),
  keystroke_to_ghost_p95_ms: z.number().nullable(),
  ghost_asked: z.number(),
  ghost_shown: z.number(),
  /** Longest run of the extension's own code while somebody types. */
  extension_longest_task_ms: z.number(),
  extension_longest_task_large_file_ms: z.number(),
  /** Of the whole extension host, whoever caused them. */
  event_loop_delay_p99_ms: z.number(),
  event_loop_delay_max_ms: z.number(),
  idle_host_rss_mb: z.number(),
  idle_host_heap_mb: z.number(),
  idle_engine_rss_mb: z.number().nullable(),
  selection_edit_first_paint_ms: z.number().nullable(),
  selection_edit_done_ms: z.number().nullable(),
});
export type HostFigures = z.infer<typeof hostSchema>;

export const aims = { activationMs: 50, longestTaskMs: 20 } as const;

export interface EditorReport extends HostFigures, Decoding {
  readonly meets: { readonly activation: boolean; readonly blocking: boolean };
}

export function reportOf(host: HostFigures, decoding: Decoding): EditorReport {
  const longest = Math.max(host.extension_longest_task_ms, host.extension_longest_task_large_file_ms);
  const meets = {
    activation: host.activation_load_ms + host.activation_ms < aims.activationMs && !host.engine_started_by_activation,
    blocking: longest < aims.longestTaskMs,
  };
  return { ...host, ...decoding, meets };
}
