import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { measurementSchema } from '../../../../src/bench/train/job';
import { startTraining } from '../../../../src/training/process/start';
import { root } from '../../helpers/bundles';
import { processesWith, untilGone } from '../../helpers/processes';
import { runCli } from '../../helpers/run-cli';

describe('unmask bench train', function () {
  this.timeout(300_000);

  it('measures a configuration in a process of its own', async () => {
    const job = { size: '6m', objective: 'masked', kind: 'full', optimiser: 'adamw', threads: 1, turns: 1 };
    const entry = path.join(root, 'src', 'bench', 'train', 'worker.ts');
    const end = await startTraining(entry, job, { nodeArguments: ['--import', 'tsx'] }).ended;
    assert.ok(end.kind === 'finished', JSON.stringify(end));
    const m = measurementSchema.parse(end.result);
    assert.equal(m.parameters, m.trained);
    assert.equal(m.memory.weights, 4 * m.parameters);
    assert.equal(m.memory.moments, 2 * m.memory.gradients);
    assert.ok(m.rows > 0 && m.rows < m.tokens);
    assert.ok(m.roofShare > 0.05 && m.roofShare < 1.5, `${m.roofShare} of the roof`);
    assert.ok(m.roofShareGradients > m.roofShare);
    assert.ok(m.optimiserShare > 0 && m.optimiserShare < 0.5);
    const { peak, before, weights, gradients, moments, activations } = m.memory;
    assert.ok(activations > weights);
    assert.ok(peak - before > 0.8 * (weights + gradients + moments + activations), 'the peak is that of an update');
  });

  it('cancelled by Ctrl-C: ends with its exit code, and leaves no process', async () => {
    const marker = `bench-train-${process.pid}-${Date.now()}`;
    const workers = (): number[] => processesWith(marker).filter((pid) => commandOf(pid).includes('bench-train.js'));
    let found: number[] = [];
    const run = await runCli(['bench', 'train', '--threads', '1'], {
      env: { UNMASK_TEST_MARKER: marker },
      onStderr: (child) => {
        if (found.length > 0) return;
        found = workers();
        if (found.length > 0) child.kill('SIGINT');
      },
    });
    assert.equal(run.code, 130, run.stderr);
    assert.equal(found.length, 1, run.stderr);
    await untilGone(found[0]!);
    assert.deepEqual(processesWith(marker), []);
  });
});

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
