/** Measures the repair search on the development set: `npx tsx test/unit/repair/dev/measure.ts [--seconds 30] [--only NAME] [--verbose]`. */
import { fixParams } from '../../../../src/protocol/messages';
import { repair } from '../../../../src/repair/repair';
import { startTrace } from '../../../../src/repair/report/trace';
import type { Ts } from '../../../../src/repair/source/parse';
import { loadTypescript } from '../../../../src/repair/source/parse';
import { startClock } from '../../../../src/repair/search/clock';
import { devFunctions } from './tasks';
import { createVmVerifier, freshRealm, printed } from './vm-verifier';

const option = (name: string, fallback: string): string => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : (process.argv[at + 1] ?? fallback);
};
const total = Number(option('seconds', '30'));
const only = option('only', '');
const every = Number(option('every', '1'));
const skip = Number(option('skip', '0'));
const verbose = process.argv.includes('--verbose');

interface Row {
  readonly name: string;
  readonly kind: string;
  readonly fixed: boolean;
  readonly right: boolean;
  readonly anyRight: boolean;
  readonly tried: number;
  readonly first: number;
}

async function main(): Promise<void> {
  const ts = loadTypescript();
  const values = (code: string, calls: readonly string[]): string[] => printed(code, calls, ts).values;
  const rows: Row[] = [];
  let index = -1;
  for (const dev of devFunctions) {
    if (only !== '' && dev.name !== only) continue;
    const expected = values(dev.code, dev.visible);
    const hidden = values(dev.code, dev.hidden);
    for (const [from, to, kind] of dev.bugs) {
      index += 1;
      if (index % every !== skip) continue;
      if (!dev.code.includes(from)) throw new Error(`${dev.name}: no ${from}`);
      const broken = dev.code.replace(from, () => to);
      const name = `${dev.name}: ${from.trim().slice(0, 40)} -> ${to.trim().slice(0, 40)}`;
      if (values(broken, dev.visible).join() === expected.join()) {
        console.log(`not seen by the visible tests: ${name}`);
        continue;
      }
      rows.push(await one(ts, name, kind, dev.visible, expected, dev.hidden, hidden, broken));
    }
  }
  report(rows);
}

async function one(
  ts: Ts,
  name: string,
  kind: string,
  calls: readonly string[],
  expected: readonly string[],
  hiddenCalls: readonly string[],
  hidden: readonly string[],
  broken: string,
): Promise<Row> {
  let time = 0;
  freshRealm();
  const clock = startClock(total, () => time);
  const signal = new AbortController().signal;
  const trace = startTrace(clock, () => undefined);
  const file = 'dev.js';
  const verifier = createVmVerifier({ file, calls, expected }, broken, ts, (ms) => {
    time += ms;
  });
  const params = fixParams.parse({ file: '/dev/dev.js' });
  const project = { root: '/dev', runner: 'mocha' as const, command: 'mocha', testFiles: [] };
  const answer = await repair({ params, project, verifier, text: broken, file, model: null, signal, clock, trace });
  const isRight = (text: string): boolean => printed(text, hiddenCalls, ts).values.join() === hidden.join();
  const fixed = answer.status === 'fixed';
  const right = fixed && isRight(answer.newText!);
  const anyRight = right || answer.alternatives.some((a) => isRight(a.newText));
  const firstAttempt = trace.entries.map((e) => /^Attempt (\d+) passes/.exec(e.text)?.[1]).find((n) => n !== undefined);
  const first = firstAttempt === undefined ? answer.candidatesTried : Number(firstAttempt);
  const mark = right ? 'right' : fixed ? (anyRight ? 'WRONG CHOICE' : 'WRONG') : 'none';
  if (verbose || !right) {
    console.log(
      `${mark.padEnd(12)} ${kind.padEnd(9)} first ${String(first).padStart(5)} tried ${String(answer.candidatesTried).padStart(5)} ${name}`,
    );
    if (fixed && !right) for (const e of trace.entries) if (e.kind === 'choice') console.log(`      ${e.text}`);
    if (verbose && !fixed) for (const e of trace.entries) console.log(`      ${e.kind} ${e.text}`);
  }
  return { name, kind, fixed, right, anyRight, tried: answer.candidatesTried, first };
}

function report(rows: readonly Row[]): void {
  const kinds = [...new Set(rows.map((r) => r.kind)), 'all'];
  for (const kind of kinds) {
    const own = rows.filter((r) => kind === 'all' || r.kind === kind);
    const firsts = own.filter((r) => r.fixed).map((r) => r.first).sort((a, b) => a - b); // prettier-ignore
    const mean = firsts.reduce((a, b) => a + b, 0) / Math.max(1, firsts.length);
    const count = (f: (r: Row) => boolean): number => own.filter(f).length;
    console.log(
      `${kind.padEnd(9)} n ${String(own.length).padStart(3)} passing ${count((r) => r.fixed)} right ${count((r) => r.right)} (some right ${count((r) => r.anyRight)}) ` +
        `runs to first pass: median ${firsts[firsts.length >> 1] ?? '-'} mean ${mean.toFixed(0)}`,
    );
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
