/** What the user waits for: start of the engine, and ghost text after the pause, through the client and a real engine process. */
import { readFile } from 'node:fs/promises';
import type { EngineClient } from '../../client';
import { heldOutFiles } from './corpus';
import { quantile, rounded } from './timing';

/** Cursors in the middle of held-out code: after the first word of a line, the rest of the line being gone. */
export interface Cursor {
  readonly prefix: string;
  readonly suffix: string;
  readonly languageId: string;
}

/** So many of them, spread evenly over the held-out files; fewer where a file has no fitting line. */
export async function cursors(root: string, count: number): Promise<Cursor[]> {
  const files = await heldOutFiles(root);
  const out: Cursor[] = [];
  for (let i = 0; i < count; i++) {
    const file = files[Math.floor((i * files.length) / count)]!;
    const text = await readFile(file, 'utf8');
    const lines = [...text.matchAll(/^[ \t]+\w+[ (.].{8,}$/gm)];
    const line = lines[Math.floor(lines.length / 2)];
    if (!line) continue;
    const cut = line.index + /^[ \t]+\w+[ (.]/.exec(line[0])![0].length;
    out.push({
      prefix: text.slice(0, cut),
      suffix: text.slice(line.index + line[0].length),
      languageId: file.endsWith('.ts') ? 'typescript' : 'javascript',
    });
  }
  return out;
}

/** Keys `ready_ms`, `ghost_p50_ms`, `ghost_p95_ms`, `ghost_shown_share`, `rss_mb`, on a client that has not started yet. */
export async function benchGhost(
  client: EngineClient,
  root: string,
  quick: boolean,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const spawned = performance.now();
  const { readyMs } = await client.start(signal);
  const ready = performance.now() - spawned;
  const times: number[] = [];
  let shown = 0;
  for (const cursor of await cursors(root, quick ? 6 : 40)) {
    const start = performance.now();
    const answer = await client.complete(cursor, { signal });
    // A refusal that the model was not asked about is no waiting time.
    if (answer.steps > 0) times.push(performance.now() - start);
    if (answer.text !== null) shown++;
  }
  times.sort((a, b) => a - b);
  const { rssMb } = await client.health(signal);
  return {
    ready_ms: rounded(ready),
    engine_ready_ms: rounded(readyMs),
    ghost_requests: times.length,
    ghost_p50_ms: rounded(quantile(times, 0.5)),
    ghost_p95_ms: rounded(quantile(times, 0.95)),
    ghost_shown: shown,
    rss_mb: Math.round(rssMb),
  };
}
