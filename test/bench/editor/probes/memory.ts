import { setTimeout as delay } from 'node:timers/promises';
import { rounded } from '../../../../src/bench/engine/timing';
import type { Probe } from '../session';

/** What the extension host (all of it, VS Code's own part too) and the engine hold when nothing has happened for a while. */
export const memory: Probe = async ({ call, quick }) => {
  await delay(quick ? 3_000 : 15_000);
  const { rssMb, heapMb, engineRssMb } = await call('memory');
  return {
    idle_host_rss_mb: rounded(rssMb),
    idle_host_heap_mb: rounded(heapMb),
    idle_engine_rss_mb: engineRssMb === null ? null : rounded(engineRssMb),
  };
};
