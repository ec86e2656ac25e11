import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { EngineClient } from '../../../src/client';
import { ensureBundles } from '../helpers/bundles';
import { until } from '../helpers/processes';
import { noDriverEnvironment, swiftshaderEnvironment } from '../helpers/swiftshader';

const quick = { maxCrashes: 3, windowMs: 60_000, baseDelayMs: 20, maxDelayMs: 50 };

/** Whether a process has a library in memory (Linux). */
function holds(pid: number | undefined, library: string): boolean {
  try {
    return pid !== undefined && readFileSync(`/proc/${pid}/maps`, 'utf8').includes(library);
  } catch {
    return false;
  }
}

describe('an engine that dies of its GPU', function () {
  this.timeout(120_000);
  let client: EngineClient;
  before(ensureBundles);
  afterEach(() => client.dispose());

  it('with `auto` the next one computes on the CPU and says why, until it is restarted by hand', async () => {
    client = new EngineClient({ device: 'auto', env: swiftshaderEnvironment(), restart: quick });
    const starting = client.start();
    await until('the probe has the driver in memory', () => holds(client.pid, 'libvk_swiftshader'), 60_000);
    const first = client.pid!;
    process.kill(first, 'SIGKILL');
    const { device } = await starting;
    assert.notEqual(client.pid, first);
    assert.equal(device.inUse, 'cpu');
    assert.equal(device.asked, 'auto');
    assert.match(device.reason ?? '', /while it looked for a GPU \(ended by SIGKILL\); "Unmask: Restart Engine" tries again/);
    assert.ok(!holds(client.pid, 'libvk_swiftshader'), 'no driver was loaded this time');
    assert.deepEqual((await client.health()).device, device);

    await client.restart();
    const again = await client.start();
    assert.match(again.device.reason ?? '', /software renderer|slower than the processor/, 'it was looked for again');
  });

  it('a crash on the CPU blames no GPU', async () => {
    client = new EngineClient({ device: 'auto', env: noDriverEnvironment, restart: quick });
    const { device } = await client.start();
    process.kill(client.pid!, 'SIGKILL');
    await until('the crash was seen', () => client.state !== 'ready');
    assert.deepEqual((await client.start()).device, device);
    assert.match(device.reason ?? '', /no WebGPU adapter/);
  });

  it('insisting on the GPU is not overruled by a crash', async () => {
    client = new EngineClient({ device: 'webgpu', env: swiftshaderEnvironment(), restart: quick });
    const starting = client.start();
    await until('the probe has the driver in memory', () => holds(client.pid, 'libvk_swiftshader'), 60_000);
    process.kill(client.pid!, 'SIGKILL');
    assert.equal((await starting).device.inUse, 'webgpu');
  });
});
