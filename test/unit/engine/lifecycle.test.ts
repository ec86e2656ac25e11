import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { exitCodes } from '../../../src/protocol/errors';
import { ensureBundles, enginePath } from '../helpers/bundles';
import { processesWith, until, untilGone } from '../helpers/processes';
import { RawEngine } from '../helpers/raw-engine';

describe('engine: the ways it ends', () => {
  let engine: RawEngine | undefined;
  afterEach(() => engine?.dispose());

  it('shutdown is answered, then it leaves with 0', async () => {
    engine = new RawEngine();
    await engine.initialize();
    assert.equal((await engine.request(2, 'unmask/shutdown', {})).result, null);
    assert.deepEqual(await engine.exited, { code: exitCodes.orderly, signal: null });
  });

  it('the end of standard input ends it, initialized or not', async () => {
    for (const initialize of [false, true]) {
      engine = new RawEngine();
      if (initialize) await engine.initialize();
      engine.child.stdin!.end();
      assert.deepEqual(await engine.exited, { code: exitCodes.orderly, signal: null });
    }
  });

  it('SIGTERM ends it in order, SIGINT is left to its client', async function () {
    if (process.platform === 'win32') this.skip();
    engine = new RawEngine();
    await engine.initialize();
    engine.child.kill('SIGINT');
    assert.ok((await engine.request(2, 'unmask/health', {})).result);
    engine.child.kill('SIGTERM');
    assert.deepEqual(await engine.exited, { code: exitCodes.orderly, signal: null });
  });

  it('an exception that nobody catches is logged and ends it with 70', async () => {
    engine = new RawEngine(['--require', require.resolve('./fixtures/throws-later.cjs')]);
    assert.deepEqual(await engine.exited, { code: exitCodes.internalError, signal: null });
    assert.match(engine.stderr, /nobody catches this/);
  });

  for (const keepPipe of [false, true]) {
    const how = keepPipe ? 'also if its pipe is held open by another process' : 'at once by its pipe';
    it(`nothing is left after the client dies by SIGKILL: ${how}`, async function () {
      if (process.platform !== 'linux') this.skip();
      ensureBundles();
      const marker = `unmask-test-${process.pid}-${String(keepPipe)}-${Date.now()}`;
      const fixture = require.resolve('./fixtures/parent.cjs');
      const parent = spawn(process.execPath, [fixture, enginePath, marker, ...(keepPipe ? ['hold'] : [])], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const [line] = (await once(parent.stdout, 'data')) as [Buffer];
      const { engine: pid } = JSON.parse(line.toString()) as { engine: number };
      assert.equal(processesWith(`MARKER=${marker}`).length, 2, 'the engine and the child below it');
      parent.kill('SIGKILL');
      await untilGone(pid, 12_000);
      await until('its child is gone', () => processesWith(`MARKER=${marker}`).length === 0, 12_000);
      for (const holder of processesWith(`HOLDER=${marker}`)) process.kill(holder, 'SIGKILL');
    });
  }
});
