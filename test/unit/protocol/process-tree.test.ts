import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { descendants, isAlive, killGroup, killTree } from '../../../src/protocol/process-tree';
import { until, untilGone } from '../helpers/processes';

describe('process tree', function () {
  before(function () {
    if (process.platform === 'win32') this.skip();
  });

  it('finds children and grandchildren, and ends all of them', async () => {
    const shell = spawn('sh', ['-c', 'sleep 60 & sh -c "sleep 61 & wait" & wait'], { stdio: 'ignore' });
    await until('four processes run', () => descendants(shell.pid!).length === 3);
    const all = [shell.pid!, ...descendants(shell.pid!)];
    killTree(shell.pid!);
    await Promise.all(all.map((pid) => untilGone(pid)));
  });

  it('ends orphans of a dead leader by its group', async () => {
    const shell = spawn('sh', ['-c', 'sleep 62 & echo $!; exit 0'], { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
    const [printed] = (await once(shell.stdout, 'data')) as [Buffer];
    const orphan = Number(printed.toString());
    await untilGone(shell.pid!);
    assert.ok(isAlive(orphan));
    killGroup(shell.pid!);
    await untilGone(orphan);
  });

  it('counts a zombie as gone', async () => {
    // The shell becomes a sleep that never waits for its child.
    const parent = spawn('sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
    await untilGone(Number(printed.toString()), 3_000);
    killTree(parent.pid!);
    await untilGone(parent.pid!);
  });
});
