import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { EngineClient, EngineCrashed, EngineDisposed, EngineRequestError, EngineUnavailable } from '../../../src/client';
import type { EngineOptions, EngineState } from '../../../src/client';
import { errorCodes } from '../../../src/protocol/errors';
import { isAlive } from '../../../src/protocol/process-tree';
import { ensureBundles, enginePath } from '../helpers/bundles';
import { processesWith, until, untilGone } from '../helpers/processes';

const fixture = (name: string): string => path.join(__dirname, 'fixtures', name);
const quick = { maxCrashes: 2, windowMs: 60_000, baseDelayMs: 20, maxDelayMs: 50 };
const params = { prefix: 'const a = ', suffix: ';\n', languageId: 'javascript' };

describe('EngineClient', () => {
  const clients: EngineClient[] = [];
  const create = (options: EngineOptions = {}): EngineClient => {
    const client = new EngineClient({ model: 'none', restart: quick, ...options });
    clients.push(client);
    return client;
  };
  before(ensureBundles);
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.dispose()));
  });

  it('starts with the first request, once, and ends in order', async () => {
    const states: EngineState[] = [];
    const client = create({ onStateChange: (state) => states.push(state) });
    assert.equal(client.state, 'stopped');
    const [first, second] = await Promise.all([client.health(), client.health()]);
    assert.equal(first.pid, second.pid);
    assert.equal(first.pid, client.pid);
    assert.equal(first.state, 'idle');
    await client.dispose();
    assert.ok(!isAlive(first.pid));
    assert.deepEqual(states, ['starting', 'ready', 'disposed']);
    await assert.rejects(client.health(), EngineDisposed);
    await client.dispose();
  });

  it('disposed before it was used, or while it starts, leaves nothing', async () => {
    const marker = `unmask-client-${process.pid}-${Date.now()}`;
    await create().dispose();
    const client = create({ env: { MARKER: marker } });
    const starting = client.start();
    await until('the engine was spawned', () => client.pid !== undefined);
    const [how] = await Promise.allSettled([starting, client.dispose()]);
    assert.ok(how.status === 'fulfilled' || how.reason instanceof EngineDisposed, 'ready just before, or disposed');
    if (process.platform === 'linux') assert.deepEqual(processesWith(marker), []);
  });

  it('turns an error of the engine into a typed one with its message', async () => {
    const client = create();
    await assert.rejects(client.complete({ ...params, maxLines: 0 }), (error) => {
      assert.ok(error instanceof EngineRequestError);
      assert.equal(error.code, errorCodes.invalidParams);
      assert.match(error.message, /maxLines/);
      return true;
    });
    assert.equal((await client.health()).state, 'idle', 'nothing was lost');
  });

  it('an unusable model is not a crash: it is told at once, each time', async () => {
    const client = create({ model: '/no/such/model' });
    for (let i = 0; i < 4; i++) {
      await assert.rejects(
        client.start(),
        (error) => error instanceof EngineRequestError && error.code === errorCodes.modelUnusable,
      );
    }
  });

  it('cancels by signal: before the start, while it starts, and between requests without harm', async () => {
    const client = create();
    const reason = new Error('not wanted');
    await assert.rejects(client.complete(params, { signal: AbortSignal.abort(reason) }), reason);
    assert.equal(client.pid, undefined, 'nothing was started for it');
    const controller = new AbortController();
    const cancelled = client.complete(params, { signal: controller.signal });
    controller.abort(reason);
    await assert.rejects(cancelled, reason);
    assert.equal((await client.health()).state, 'idle');
  });

  for (const stage of ['before initialize is answered', 'while idle']) {
    it(`killed ${stage}: starts again, and the next request is answered`, async () => {
      const client = create();
      const first = client.start();
      if (stage === 'while idle') await first;
      await until('the engine was spawned', () => client.pid !== undefined);
      const pid = client.pid!;
      process.kill(pid, 'SIGKILL');
      await until('the crash was noticed', () => client.pid !== pid);
      const health = await client.health();
      await first;
      assert.notEqual(health.pid, pid);
      assert.ok(!isAlive(pid));
    });
  }

  it('a request under way when the engine dies fails with EngineCrashed, and may be made again', async () => {
    const client = create();
    await client.start();
    const pid = client.pid!;
    process.kill(pid, 'SIGSTOP'); // it can't answer any more
    const asked = client.health();
    setTimeout(() => process.kill(pid, 'SIGKILL'), 50);
    await assert.rejects(asked, (error) => {
      assert.ok(error instanceof EngineCrashed);
      assert.equal(error.exitSignal, 'SIGKILL');
      assert.equal(error.retryable, true);
      return true;
    });
    assert.equal(client.state, 'waiting');
    assert.notEqual((await client.health()).pid, pid);
  });

  it('starts again by itself after a crash, without a request', async () => {
    const client = create();
    await client.start();
    const pid = client.pid!;
    process.kill(pid, 'SIGKILL');
    await until('another engine is ready', () => client.state === 'ready' && client.pid !== pid);
  });

  it('outlives crashes at the start, with pauses between them', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'unmask-test-'));
    const starts = path.join(folder, 'starts');
    const client = create({ enginePath: fixture('crashes-twice.cjs'), env: { STARTS_FILE: starts, ENGINE: enginePath } });
    assert.equal((await client.health()).state, 'idle');
    assert.equal(readFileSync(starts, 'utf8'), 'xxx');
    rmSync(folder, { recursive: true });
  });

  it('gives up after too many crashes, says what the engine said last, and can be told to try again', async () => {
    const states: EngineState[] = [];
    const client = create({ enginePath: fixture('crashes-at-start.cjs'), onStateChange: (state) => states.push(state) });
    const giveUp = (error: unknown): boolean => {
      assert.ok(error instanceof EngineUnavailable);
      assert.match(error.message, /crashed 3 times/);
      assert.match(error.message, /the native module is missing/);
      assert.match(error.message, /Restart Engine/);
      return true;
    };
    await assert.rejects(client.start(), giveUp);
    assert.equal(client.state, 'failed');
    const tried = states.filter((state) => state === 'starting').length;
    assert.equal(tried, 3);
    await assert.rejects(client.start(), giveUp);
    assert.equal(states.filter((state) => state === 'starting').length, 3, 'it was not even tried');
    await client.restart();
    await assert.rejects(client.start(), giveUp);
    assert.equal(states.filter((state) => state === 'starting').length, 6);
  });

  it('does not talk to an engine of another build', async () => {
    const client = create({ enginePath: fixture('other-protocol.cjs') });
    await assert.rejects(client.start(), (error) => {
      assert.ok(error instanceof EngineRequestError);
      assert.equal(error.code, errorCodes.versionMismatch);
      assert.match(error.message, /999/);
      return true;
    });
    assert.equal(client.pid, undefined);
  });

  it('says which path is wrong where there is no engine or no Node', async () => {
    await assert.rejects(create({ enginePath: '/no/engine.js' }).start(), /no engine at \/no\/engine\.js/);
    await assert.rejects(create({ nodePath: '/no/node' }).start(), /no Node at \/no\/node.*nodePath/s);
    await assert.rejects(create({ nodePath: os.tmpdir() }).start(), EngineUnavailable);
  });

  it('replaces an engine over its memory limit when it is idle', async () => {
    const log: string[] = [];
    const client = create({
      enginePath: fixture('large.cjs'),
      env: { ENGINE: enginePath },
      memoryLimitMb: 300,
      log: ({ message }) => log.push(message),
    });
    await client.start();
    const pid = client.pid!;
    await client.complete(params);
    await until('the large engine was ended', () => client.pid !== pid);
    await untilGone(pid);
    assert.ok(log.some((line) => line.includes('over the limit of 300 MB')));
    assert.notEqual((await client.health()).pid, pid);
  });

  it('ends an engine that does not listen, and what is below it', async function () {
    if (process.platform !== 'linux') this.skip();
    const marker = `unmask-deaf-${process.pid}-${Date.now()}`;
    const client = create({ enginePath: fixture('deaf.cjs'), env: { MARKER: marker } });
    const starting = client.start();
    await until('the engine and its child run', () => processesWith(marker).length === 2);
    await Promise.all([assert.rejects(starting, EngineDisposed), client.dispose()]);
    await until('nothing is left', () => processesWith(marker).length === 0);
  });

  it('runs under Electron as a Node', async function () {
    const electron = process.env['ELECTRON_BIN'];
    if (electron === undefined) {
      console.log('      (untested here: set ELECTRON_BIN to the path of an Electron)');
      this.skip();
    }
    assert.equal((await create({ nodePath: electron }).health()).state, 'idle');
  });
});
