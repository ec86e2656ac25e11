import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../helpers/bundles';
import { swiftshaderEnvironment } from '../../helpers/swiftshader';
import { caseNames, type TrainingComparison } from './webgpu-child';

const run = promisify(execFile);

describe('training on WebGPU, no node on the CPU', function () {
  // A software renderer on a busy machine.
  this.timeout(400_000);
  let found: Record<string, TrainingComparison>;
  before(async () => {
    const script = path.join(__dirname, 'webgpu-child.ts');
    const env = { ...process.env, ...swiftshaderEnvironment() };
    const { stdout } = await run(process.execPath, ['--import', 'tsx', script], { cwd: root, env });
    found = JSON.parse(stdout) as typeof found;
  });

  for (const name of caseNames) {
    it(`${name}: loss and gradients of the CPU`, () => {
      const { parameters, smallest, lossDifference, worst, worstName } = found[name]!;
      assert.ok(parameters >= 20 && smallest > 1e-3, `${parameters} gradients, of at least ${smallest}`);
      assert.ok(lossDifference < 1e-4, `loss differs by ${lossDifference}`);
      assert.ok(worst < 1e-3, `${worstName} differs by ${worst} of its largest element`);
    });
  }
});
