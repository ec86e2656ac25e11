import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import type { Worker } from 'node:worker_threads';
import { exitCodes } from '../../../../src/protocol/errors';
import { normal } from '../../../../src/engine/refactor/language/questions';
import { idleThread, openThread } from '../../../../src/engine/refactor/thread';
import { RawEngine } from '../../helpers/raw-engine';
import { project, run, type TestProject } from './project';

/** Functions that take the checker about ten milliseconds each. */
function slowText(functions: number): string {
  const texts = Array.from({ length: functions }, (_, i) => [
    `export function shape${i}(a: number, b: { x: number; y: string[] }) {`,
    '  const parts = b.y.map((s) => ({ ...b, size: s.length + a, name: s.toUpperCase() }));',
    '  const total = parts.reduce((sum, p) => sum + p.size * p.x, 0);',
    '  return { total, parts, by: Object.fromEntries(parts.map((p) => [p.name, { p, at: p.size }] as const)) };',
    '}',
    '',
  ]);
  return texts.flat().join('\n');
}

/** Calls back some time after the checker has begun with its work. */
function whileChecking(what: () => void): (progress: { readonly message: string }) => void {
  return ({ message }) => {
    if (message.startsWith('Checking types')) setTimeout(what, 200);
  };
}

describe('the thread of the language service', function () {
  this.timeout(120_000);
  let where: TestProject;
  const started: Worker[] = [];
  const onWorker = (worker: Worker): void => void started.push(worker);
  const left = (): number => started.filter(({ threadId }) => threadId !== -1).length;

  before(() => {
    where = project({ 'slow.ts': slowText(400), 'user.ts': "import { shape0 } from './slow';\nexport const used = shape0;\n" });
    process.on('worker', onWorker);
  });
  beforeEach(async () => {
    await idleThread.end();
    started.length = 0;
  });
  after(() => {
    process.off('worker', onWorker);
    where.dispose();
  });
  const rename = (): Parameters<typeof run>[0] => ({
    ...{ file: where.file('slow.ts'), instruction: 'rename shape0 to form', tests: false },
  });

  it('leaves the thread of the engine free for as long as it computes', async () => {
    let [last, longest] = [performance.now(), 0];
    const watch = setInterval(() => {
      const now = performance.now();
      [last, longest] = [now, Math.max(longest, now - last)];
    }, 5);
    const start = performance.now();
    const result = await run(rename());
    const took = performance.now() - start;
    clearInterval(watch);
    assert.equal(result.status, 'refactored', result.message);
    assert.equal(result.files.length, 2);
    // In the same thread it was more than half.
    assert(longest < took / 5, `it stood still for ${Math.round(longest)} of ${Math.round(took)} ms`);
    assert.deepEqual([started.length, left()], [1, 1], 'one thread, which waits for the next project');
  });

  it('ends at once when it is called off, whatever it is at', async () => {
    const abort = new AbortController();
    const reason = new Error('called off');
    let called = 0;
    const onProgress = whileChecking(() => {
      called = performance.now();
      abort.abort(reason);
    });
    await assert.rejects(run(rename(), { signal: abort.signal, onProgress }), (error) => error === reason);
    const took = performance.now() - called;
    assert(called > 0 && took < 1_000, `it went on for ${Math.round(took)} ms`);
    assert.deepEqual([started.length, left()], [1, 0]);
  });

  it('is not even started for what is called off already', async () => {
    await assert.rejects(run(rename(), { signal: AbortSignal.abort(new Error('called off')) }), /called off/);
    assert.equal(started.length, 0);
  });

  it('tells what fails there, and answers on until its owner ends it', async () => {
    const file = normal(where.file('user.ts'));
    const thread = await openThread({ file, overlays: {} }, new AbortController().signal);
    try {
      await assert.rejects(thread.ask('offers', `${thread.root}/none.ts`, { start: 0, end: 0 }), /none\.ts/);
      assert.deepEqual([...(await thread.textsOf([file, `${thread.root}/none.ts`])).keys()], [file]);
      assert.equal(left(), 1);
    } finally {
      await thread.end();
    }
    assert.equal(left(), 0);
    await assert.rejects(thread.ask('texts', [file]), /ended by its owner/);
  });

  it('waits for the next project where one is too large to be looked at', async () => {
    const many = project(Object.fromEntries(Array.from({ length: 3_001 }, (_, i) => [`f${i}.js`, ''])));
    try {
      const result = await run({ file: many.file('f0.js') });
      assert.deepEqual([result.status, result.reason], ['refused', 'project']);
      assert.match(result.message, /3001 source files/);
      assert.deepEqual([started.length, left()], [1, 1]);
    } finally {
      many.dispose();
    }
  });

  it('in a built engine, others are answered meanwhile, and the engine ends without waiting for it', async () => {
    const engine = new RawEngine();
    try {
      await engine.initialize();
      const params = { ...rename(), range: { start: 0, end: 0 }, progressToken: 'p' };
      engine.send({ id: 2, method: 'unmask/refactor', params });
      await engine.answer(({ params: said }) => JSON.stringify(said ?? '').includes('Checking types'), 'the checks');
      let longest = 0;
      for (let id = 10; id < 30; id++) {
        const start = performance.now();
        assert((await engine.request(id, 'unmask/health', {})).result);
        longest = Math.max(longest, performance.now() - start);
      }
      assert(!engine.messages.some(({ id }) => id === 2), 'it is at work still');
      assert(longest < 500, `an answer took ${Math.round(longest)} ms`);
      const asked = performance.now();
      assert.equal((await engine.request(40, 'unmask/shutdown', {})).result, null);
      assert.deepEqual(await engine.exited, { code: exitCodes.orderly, signal: null });
      assert(performance.now() - asked < 3_000, 'it did not wait');
    } finally {
      await engine.dispose();
    }
  });
});
