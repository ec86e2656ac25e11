import { setTimeout as delay } from 'node:timers/promises';
import { rounded } from '../../../../src/bench/engine/timing';
import type { Probe, Session } from '../session';

const start = "'use strict';\n\nconst list = [1, 2, 3];\n";
const code = [
  '',
  '/** The mean of the entries that a test lets pass. */',
  'function meanOf(list, test) {',
  'const kept = list.filter((entry) => test(entry));',
  'if (kept.length === 0) return undefined;',
  'const total = kept.reduce((sum, entry) => sum + entry, 0);',
  'return total / kept.length;',
  '}',
].join('\n');
const line = 'const value = compute(first, second); // and so on\n';

interface Figures {
  readonly longest: number;
  readonly delay99: number;
  readonly delayMax: number;
}

/**
 * How long the extension keeps the extension host from everything else while somebody types at an even pace: the longest run of its own code in a profile.
 * Beside it the delays of the event loop, which VS Code, other extensions and other processes have their part in. In an ordinary file, and in one of 50,000 lines.
 */
export const blocking: Probe = async (session) => {
  const ordinary = await typing(session, start, session.quick ? code.slice(0, 120) : code);
  const large = await typing(
    session,
    line.repeat(50_000),
    session.quick ? 'const a = b' : 'const first = second.map((third) => third.',
  );
  return {
    extension_longest_task_ms: rounded(ordinary.longest),
    extension_longest_task_large_file_ms: rounded(large.longest),
    event_loop_delay_p99_ms: rounded(ordinary.delay99),
    event_loop_delay_max_ms: rounded(ordinary.delayMax),
  };
};

async function typing({ page, call, progress }: Session, text: string, keys: string): Promise<Figures> {
  await call('place', text, text.length);
  await delay(3_000); // opening the file is VS Code's work
  await call('startProfile');
  await page.keyboard.type(keys, { delay: 80 });
  await delay(2_000);
  const figures = await call('stopProfile');
  progress(`blocking: longest task ${figures.longest.toFixed(1)} ms`);
  return figures;
}
