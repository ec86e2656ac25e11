import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Priority } from '../../../src/diffusion/code-model';
import { RunScheduler } from '../../../src/engine/scheduler';

const priorities: readonly Priority[] = ['typing', 'interactive', 'background'];

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

describe('RunScheduler', () => {
  it('never has two runs in flight, starts the most urgent first, and is first come first served within a class', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...priorities), { minLength: 1, maxLength: 30 }), async (asked) => {
        const scheduler = new RunScheduler();
        const gate = deferred();
        const started: number[] = [];
        let inFlight = 0;
        const first = scheduler.run('background', undefined, () => gate.promise);
        const runs = asked.map((priority, index) =>
          scheduler.run(priority, undefined, async () => {
            assert.equal(++inFlight, 1);
            started.push(index);
            await Promise.resolve();
            inFlight--;
            return index;
          }),
        );
        assert.equal(scheduler.queued, asked.length);
        gate.resolve();
        assert.deepEqual(
          await Promise.all(runs),
          asked.map((_, index) => index),
        );
        await first;
        const expected = priorities.flatMap((priority) => asked.flatMap((other, index) => (other === priority ? [index] : [])));
        assert.deepEqual(started, expected);
        assert.equal(scheduler.queued, 0);
      }),
      { numRuns: 100 },
    );
  });

  it('lets typing in after the run that is going, before a long background search', async () => {
    const scheduler = new RunScheduler();
    const order: string[] = [];
    const background = (async () => {
      for (let i = 0; i < 5; i++) {
        await scheduler.run('background', undefined, async () => {
          order.push(`background ${i}`);
          await new Promise((resolve) => setTimeout(resolve, 5));
        });
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 2));
    await scheduler.run('typing', undefined, () => Promise.resolve(order.push('typing')));
    await background;
    assert.deepEqual(order.slice(0, 3), ['background 0', 'typing', 'background 1']);
  });

  it('a waiter that is cancelled never runs, and its place is passed on', async () => {
    const scheduler = new RunScheduler();
    const gate = deferred();
    const controller = new AbortController();
    const first = scheduler.run('background', undefined, () => gate.promise);
    let ran = false;
    const waiting = scheduler.run('typing', controller.signal, () => Promise.resolve((ran = true)));
    const reason = new Error('no longer wanted');
    controller.abort(reason);
    await assert.rejects(waiting, reason);
    gate.resolve();
    await first;
    assert.equal(await scheduler.run('background', undefined, () => Promise.resolve('next')), 'next');
    assert.equal(ran, false);
  });

  it('a run that fails passes its turn on', async () => {
    const scheduler = new RunScheduler();
    const failing = scheduler.run('typing', undefined, () => Promise.reject(new Error('broken')));
    const next = scheduler.run('typing', undefined, () => Promise.resolve('fine'));
    await assert.rejects(failing, /broken/);
    assert.equal(await next, 'fine');
  });

  it('rests after a run that blocked for long, as long as it lasted, save for typing', async () => {
    const scheduler = new RunScheduler({ rests: true });
    const block = (milliseconds: number) => (): Promise<number> => {
      const end = performance.now() + milliseconds;
      while (performance.now() < end);
      return Promise.resolve(end);
    };
    let ticks = 0;
    const timer = setInterval(() => ticks++, 10);
    try {
      const first = await scheduler.run('interactive', undefined, block(200));
      const second = scheduler.run('interactive', undefined, () => Promise.resolve(performance.now()));
      const typed = await scheduler.run('typing', undefined, () => Promise.resolve(performance.now()));
      assert.ok(typed - first < 150, `typing waited ${typed - first} ms`);
      assert.ok((await second) >= typed, 'the turn was handed on');

      ticks = 0;
      const third = await scheduler.run('interactive', undefined, block(200));
      const fourth = await scheduler.run('interactive', undefined, () => Promise.resolve(performance.now()));
      assert.ok(fourth - third >= 199, `only ${fourth - third} ms of rest`);
      assert.ok(ticks > 2, 'others had a turn meanwhile');
    } finally {
      clearInterval(timer);
    }
  });

  it('a rest is no obstacle to a waiter that gives up, and short runs follow at once', async () => {
    const scheduler = new RunScheduler({ rests: true });
    const controller = new AbortController();
    const started = performance.now();
    for (let i = 0; i < 20; i++) await scheduler.run('interactive', undefined, () => Promise.resolve());
    assert.ok(performance.now() - started < 100);
    await scheduler.run('background', undefined, () => new Promise((resolve) => setTimeout(resolve, 150)));
    const waiting = scheduler.run('interactive', controller.signal, () => Promise.resolve());
    const reason = new Error('no longer wanted');
    controller.abort(reason);
    await assert.rejects(waiting, reason);
    assert.equal(await scheduler.run('interactive', undefined, () => Promise.resolve('next')), 'next');
  });
});
