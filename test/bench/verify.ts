/**
 * What a candidate costs: in a warm worker, in a warm worker that has to end a loop, and in a fresh process, on the project above a file.
 *
 *   npx tsx test/bench/verify.ts [FILE] [--rounds 300]
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createVerifier, findProject } from '../../src/workspace/index';
import type { Verifier } from '../../src/workspace/index';

interface Times {
  readonly p50: number;
  readonly p95: number;
}

function percentiles(times: readonly number[]): Times {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]! * 100) / 100;
  return { p50: at(0.5), p95: at(0.95) };
}

async function measure(rounds: number, screen: (round: number) => Promise<unknown>): Promise<Times> {
  const times: number[] = [];
  for (let round = -Math.ceil(rounds / 5); round < rounds; round++) {
    const started = performance.now();
    await screen(round);
    if (round >= 0) times.push(performance.now() - started);
  }
  return percentiles(times);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { rounds: { type: 'string', default: '300' } } });
  const file = path.resolve(positionals[0] ?? 'samples/src/cart.js');
  const rounds = Number(values.rounds);
  const project = await findProject(file);
  const name = path.relative(project.root, file).split(path.sep).join('/');
  const text = readFileSync(file, 'utf8');
  const open = async (warm: boolean): Promise<{ verifier: Verifier; seconds: number }> => {
    const started = performance.now();
    const verifier = await createVerifier({ project, workers: 1, warm });
    return { verifier, seconds: Math.round(performance.now() - started) / 1000 };
  };
  const warm = await open(true);
  const fresh = await open(false);
  try {
    const failing = warm.verifier.baseline.tests.filter(({ state }) => state === 'failed').map(({ id }) => id);
    const own = failing.filter((id) => id.includes(path.basename(name, path.extname(name))));
    const asked = (own.length > 0 ? own : failing).slice(0, 1);
    const candidate = (prefix: string, round: number) => ({ files: new Map([[name, `${prefix}${text}\n// ${round}\n`]]) });
    const bail = { bail: true, milliseconds: 2000 };
    const result = {
      warm: warm.verifier.warm,
      isolation: warm.verifier.isolation,
      tests: asked.length,
      createWarmSeconds: warm.seconds,
      createFreshSeconds: fresh.seconds,
      warmMs: await measure(rounds, (round) => warm.verifier.screen(candidate('', round), asked, bail)),
      loopMs: await measure(10, (round) =>
        warm.verifier.screen(candidate('for (;;);', round), asked, { bail: true, milliseconds: 100 }),
      ),
      freshMs: await measure(10, (round) => fresh.verifier.screen(candidate('', round), asked, bail)),
      proveMs: await measure(5, (round) => fresh.verifier.prove(candidate('', round))),
    };
    const ratio = Math.round((result.freshMs.p50 / result.warmMs.p50) * 10) / 10;
    console.log(JSON.stringify({ ...result, ratio_fresh_to_warm: ratio }, null, 2));
  } finally {
    await Promise.all([warm.verifier.dispose(), fresh.verifier.dispose()]);
  }
}

void main();
