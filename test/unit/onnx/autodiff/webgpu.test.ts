import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../helpers/bundles';
import { swiftshaderEnvironment } from '../../helpers/swiftshader';
import { comparable, type OperatorComparison } from './webgpu-child';

const run = promisify(execFile);

/** No network that we train needs these; were they to work one day, the list should shrink. */
const lacking: Readonly<Record<string, RegExp>> = {
  'Cast: half and back': /f16/,
  'Concat: sizes unknown': /fallback to CPU/,
  'Slice: to the end, from a size at run time': /fallback to CPU/,
};

describe('gradients of each operator on WebGPU, no node on the CPU', function () {
  // A software renderer on a busy machine.
  this.timeout(400_000);
  let found: Record<string, OperatorComparison>;
  before(async () => {
    const script = path.join(__dirname, 'webgpu-child.ts');
    const env = { ...process.env, ...swiftshaderEnvironment() };
    const { stdout } = await run(process.execPath, ['--import', 'tsx', script], { cwd: root, env });
    found = JSON.parse(stdout) as typeof found;
  });

  it('are those of the CPU, but for three that it cannot run', () => {
    assert.ok(comparable.length > 60);
    for (const [name] of comparable) {
      const { difference, refused } = found[name]!;
      if (lacking[name]) assert.match(refused ?? 'accepted', lacking[name], name);
      else
        assert.ok(refused === undefined && difference < 1e-3, `${name}: differs by ${difference}, ${refused ?? 'not refused'}`);
    }
  });
});
