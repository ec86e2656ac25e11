import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { readNetwork } from '../../../../src/model/network';
import { writeNetwork } from '../../../../src/model/network-write';
import { randomWeights } from '../../../../src/model/weights';
import { readLog } from '../../../../src/training/log/log';
import { networkOf } from '../../../../src/training/pretrain/sizes';
import { makeTokenizer } from '../../../../src/training/tokenizer/make';
import { root } from '../../helpers/bundles';
import { smallCorpus } from '../pretrain/small-corpus';
import { smallTasks } from '../tune/small-tasks';
import { python, requireTorch } from './support';

const run = promisify(execFile);
const length = 192;

describe('npm run accelerate', function () {
  this.timeout(240_000);
  let folder: string;
  const at = (...names: string[]): string => path.join(folder, ...names);
  const accelerate = (...args: string[]): Promise<{ stdout: string; stderr: string }> =>
    run(process.execPath, ['--import', 'tsx', path.join(root, 'scripts/accelerate.ts'), '--folder', at('run'), '--from', at('base'), '--corpus', at('corpus'), '--tasks', at('tasks'), '--python', python, '--drawers', '2', ...args], { cwd: root }); // prettier-ignore

  before(requireTorch);
  before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'unmask-accelerate-'));
    const corpus = await smallCorpus(folder);
    await smallTasks(folder, corpus);
    await makeTokenizer({ corpus, folder: at('tokenizer'), vocabulary: 600, length });
    const config = networkOf('tiny', 600, length);
    await writeNetwork(at('base'), config, randomWeights(config, 1), { dtype: 'F16', tokenizerFrom: at('tokenizer') });
    await writeFile(at('base', 'manifest.json'), JSON.stringify({ id: 'base', capabilities: ['infill'] }));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('trains through all stages, and leaves models that load', async () => {
    await accelerate('--updates', '8', '--peak', '2e-2', '--warm-up', '1', '--stages', 'pretrain:2,tune:1,instruct:1');
    const records = readLog(at('run/log.jsonl'));
    const notes = records.flatMap((r) => (r.kind === 'note' ? [`${r.step}: ${r.text}`] : []));
    assert.deepEqual(notes, ['0: pretrain begins', '4: tune begins', '6: instruct begins']);
    const updates = records.flatMap((r) => (r.kind === 'update' ? [r.metrics] : []));
    assert.equal(updates.length, 8);
    assert.ok(updates[3]!['loss']! < updates[0]!['loss']! - 0.1, `loss ${updates[0]!['loss']!} to ${updates[3]!['loss']!}`);
    assert.ok(updates[0]!['learning_rate'] === 2e-2 && updates[7]!['learning_rate']! < 1e-2);
    assert.ok(updates[5]!['listwise']! > 0 && updates[7]!['listwise']! > 0);
    assert.match(await readFile(at('run/curves.svg'), 'utf8'), /^<svg/);
    const { weights: before } = await readNetwork(at('base'));
    for (const stage of ['pretrain', 'tune', 'instruct']) {
      const { config, weights } = await readNetwork(at('run', stage));
      assert.equal(config.vocabulary, 600);
      assert.notDeepEqual(weights.blocks[0]!.query, before.blocks[0]!.query);
    }
    assert.ok(!existsSync(at('run/frames')));
  });

  it('says what is wrong, and leaves no process behind', async () => {
    await assert.rejects(accelerate('--stages', 'grow'), /no stage "grow"/);
    await assert.rejects(accelerate('--seconds', 'soon'), /"soon" is no number/);
    await assert.rejects(accelerate('--corpus', at('nothing'), '--seconds', '60'), /holds no corpus: run "npm run data"/);
  });
});
