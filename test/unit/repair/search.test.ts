import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { fixParams, type FixResult } from '../../../src/protocol/messages';
import { repair } from '../../../src/repair/repair';
import { startTrace } from '../../../src/repair/report/trace';
import { startClock } from '../../../src/repair/search/clock';
import { loadTypescript } from '../../../src/repair/source/parse';
import type { Verifier } from '../../../src/workspace/types';
import { createVmVerifier, freshRealm, printed } from './dev/vm-verifier';

const code = `function spread(values, factor) {
  const sorted = values.filter((value) => value !== null).map((value) => value * factor + 1);
  return [Math.min(...sorted), Math.max(...sorted)];
}
`;
const broken = code.replace('Math.max', 'Math.min');
// All of them fail, so that a change is right or it is not: what is found on the way does not change what comes next.
const calls = ['spread([1, 2], 3)', 'spread([5, 1, null], 2)', 'spread([7, 8, 9], 1)'];

/** The repair by so many workers at once, of which the first ones called are the slowest. */
async function repaired(workers: number): Promise<Pick<FixResult, 'status' | 'firstPass' | 'candidatesTried'>> {
  const ts = loadTypescript();
  freshRealm();
  const expected = printed(code, calls, ts).values;
  const inner = createVmVerifier({ file: 'a.js', calls, expected }, broken, ts, () => undefined);
  let called = 0;
  const verifier: Verifier = {
    ...inner,
    workers,
    screen: async (...request) => {
      await sleep(workers === 1 ? 0 : 12 - 3 * (called++ % 4));
      return inner.screen(...request);
    },
  };
  const clock = startClock(10);
  return repair({
    params: fixParams.parse({ file: '/p/a.js' }),
    project: { root: '/p', runner: 'mocha', command: 'mocha', testFiles: [] },
    verifier,
    text: broken,
    file: 'a.js',
    model: null,
    signal: new AbortController().signal,
    clock,
    trace: startTrace(clock, () => undefined),
  });
}

describe('search for a repair', () => {
  it('needs as many candidates until one passes, however many workers try them at once', async () => {
    const [alone, together] = [await repaired(1), await repaired(4)];
    assert.equal(alone.status, 'fixed');
    assert.deepEqual(together.firstPass, alone.firstPass);
    assert.ok(alone.firstPass!.candidates > 1 && alone.firstPass!.candidates < alone.candidatesTried);
  });
});
