import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decideRestart, defaultRestartPolicy, type RestartPolicy } from '../../../src/client/restart-policy';

const policy: RestartPolicy = { maxCrashes: 3, windowMs: 1_000, baseDelayMs: 10, maxDelayMs: 35 };

describe('restart policy', () => {
  it('doubles the pause with every crash, up to a bound, then gives up', () => {
    const delays = [[0], [0, 1], [0, 1, 2]].map((crashes) => decideRestart(policy, crashes, 10));
    assert.deepEqual(
      delays,
      [10, 20, 35].map((delayMs) => ({ restart: true, delayMs })),
    );
    assert.deepEqual(decideRestart(policy, [0, 1, 2, 3], 10), { restart: false, crashes: 4 });
  });

  it('forgets crashes before the window', () => {
    assert.deepEqual(decideRestart(policy, [0, 1, 2, 3], 5_000), { restart: true, delayMs: 10 });
  });

  it('never restarts more often than allowed within any window', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60_000 }), { maxLength: 200 }), (lifetimes) => {
        const { maxCrashes, windowMs } = defaultRestartPolicy;
        const crashes: number[] = [];
        const starts: number[] = [];
        let now = 0;
        for (const lifetime of lifetimes) {
          const decision = decideRestart(defaultRestartPolicy, crashes, now);
          if (!decision.restart) break;
          now += crashes.length === 0 ? 0 : decision.delayMs;
          starts.push(now);
          now += lifetime;
          crashes.push(now);
        }
        for (const start of starts) {
          assert.ok(starts.filter((other) => other >= start && other < start + windowMs).length <= maxCrashes + 1);
        }
      }),
    );
  });
});
