import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { root } from '../helpers/bundles';
import { noDriverEnvironment, swiftshaderEnvironment } from '../helpers/swiftshader';
import type { Comparison } from './support/webgpu-child';

/** What the CPU and a GPU may differ by. */
const tolerance = 1e-3;

/** The answer of one job. Standard output must hold nothing else: in the engine it belongs to the protocol, and Dawn prints warnings. */
function child<T>(environment: Record<string, string>, ...args: string[]): Promise<T> {
  const script = path.join(__dirname, 'support', 'webgpu-child.ts');
  const process_ = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  process_.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  process_.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    process_.on('close', (code, signal) => {
      if (code !== 0) reject(new Error(`${args.join(' ')} ended with ${code ?? signal ?? 'nothing'}: ${stderr}`));
      else resolve(JSON.parse(stdout) as T);
    });
  });
}

describe('WebGPU', function () {
  // A software renderer on a busy machine.
  this.timeout(120_000);
  let swiftshader: Record<string, string>;
  before(() => (swiftshader = swiftshaderEnvironment()));

  for (const model of ['llada', 'llada-tied-gqa']) {
    it(`${model}: logits of the CPU, whole and cached, no node on the CPU`, async () => {
      const found = await child<Comparison>(swiftshader, 'compare', model);
      assert.equal(found.cases, 4);
      for (const kind of ['full', 'cached', 'batched'] as const)
        assert.ok(found[kind] <= tolerance, `${kind}: worst difference ${found[kind]}`);
      assert.equal(found.topIdsDiffer, 0);
    });
  }

  it('forbidding the fallback is not an empty word: an operator that WebGPU lacks is refused', async () => {
    const { refused } = await child<{ refused: string | null }>(swiftshader, 'fallback');
    assert.match(refused ?? 'accepted', /fallback|CPU EP/);
  });

  it('a software renderer is used when asked for by name, and not by itself', async () => {
    assert.deepEqual(await child(swiftshader, 'probe', 'insisted'), { usable: true });
    const { usable, reason } = await child<{ usable: boolean; reason?: string }>(swiftshader, 'probe');
    assert.equal(usable, false);
    assert.match(reason ?? '', /software renderer or very slow|slower than the processor/);
  });

  it('without a driver: not usable, with a reason that helps', async () => {
    for (const insisted of ['insisted', '']) {
      const found = await child<{ usable: boolean; reason?: string }>(noDriverEnvironment, 'probe', insisted);
      assert.equal(found.usable, false);
      assert.match(found.reason ?? '', /no WebGPU adapter was found \(is a GPU driver installed\?\)/);
    }
  });

  it('without a driver: `auto` is the CPU and says why, `webgpu` fails and names the setting', async () => {
    const { device } = await child<{ device: { inUse: string; asked: string; reason: string } }>(
      noDriverEnvironment,
      'load',
      'auto',
    );
    assert.equal(device.inUse, 'cpu');
    assert.match(device.reason, /no WebGPU adapter/);
    const { error } = await child<{ error: string }>(noDriverEnvironment, 'load', 'webgpu');
    assert.match(error, /ModelError.*no WebGPU adapter.*"unmask.device".*"cpu"/s);
  });
});
