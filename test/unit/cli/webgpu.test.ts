import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fixResult } from '../../../src/protocol/messages';
import { root } from '../helpers/bundles';
import { noDriverEnvironment, swiftshaderEnvironment } from '../helpers/swiftshader';
import { onlyObject, runCli } from '../helpers/run-cli';

describe('unmask fix --device webgpu', function () {
  // The largest budget is two minutes; a software renderer needs seconds for what takes a GPU milliseconds.
  this.timeout(150_000);
  const file = path.join(root, 'samples', 'src', 'cart.js');

  it('fixes a sample through the engine process, on a software renderer', async () => {
    const before = readFileSync(file, 'utf8');
    const run = await runCli(['fix', file, '--device', 'webgpu', '--budget', 'deep', '--json'], {
      env: swiftshaderEnvironment(),
    });
    const result = fixResult.parse(onlyObject(run));
    assert.equal(result.status, 'fixed', run.stdout);
    assert.equal(run.code, 0);
    assert.equal(result.device, 'webgpu');
    assert.match(result.diff, /^\+/m);
    assert.ok(
      result.trace.some((entry) => entry.kind === 'propose' && entry.text.includes('(webgpu)')),
      'the model took part',
    );
    assert.equal(readFileSync(file, 'utf8'), before, 'nothing was written');
  });

  it('without a driver: an error that names the setting, not another device in silence', async () => {
    const run = await runCli(['fix', file, '--device', 'webgpu', '--json'], { env: noDriverEnvironment });
    const result = onlyObject(run);
    assert.equal(result['status'], 'error');
    assert.notEqual(run.code, 0);
    assert.match(String(result['error']), /no WebGPU adapter was found.*"unmask\.device"/s);
  });
});
