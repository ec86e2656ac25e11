import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { readManifest } from '../../../src/diffusion/load';
import { readNetwork } from '../../../src/model/network';
import { writeNetwork } from '../../../src/model/network-write';
import { averageModels } from '../../../src/training/average';
import { parametersOf, weightsOf } from '../../../src/training/parameters';
import { embeddedModelFolder } from '../helpers/model-folder';

type Manifest = Awaited<ReturnType<typeof readManifest>>;

describe('the average of models', function () {
  this.timeout(60_000);
  let home = '';
  const at = (name: string): string => path.join(home, name);

  before(async () => {
    home = await mkdtemp(path.join(os.tmpdir(), 'unmask-average-'));
    await cp(embeddedModelFolder, at('one'), { recursive: true });
    const { config, weights } = await readNetwork(at('one'));
    const other = parametersOf(config, weights).map((p) => ({ ...p, data: p.data.map((w) => -w / 2) }));
    await writeNetwork(at('other'), config, weightsOf(config, other), { dtype: 'F16', tokenizerFrom: at('one') });
  });
  after(() => rm(home, { recursive: true, force: true }));

  it('has the mean of every weight, in any order, and what else the first one has', async () => {
    await averageModels([at('one'), at('other'), at('other')], at('mean'));
    const [one, mean] = await Promise.all(['one', 'mean'].map((name) => readNetwork(at(name))));
    assert.deepEqual(mean!.config, one!.config);
    const sources = parametersOf(one!.config, one!.weights);
    // (w - w/2 - w/2) / 3: nothing is left.
    for (const [i, p] of parametersOf(mean!.config, mean!.weights).entries())
      assert.ok(
        p.data.every((w, k) => Math.abs(w) <= Math.abs(sources[i]!.data[k]!) * 1e-3 + 1e-6),
        p.name,
      );
    const [{ instructed, ...own }, passedOn] = await Promise.all(['one', 'mean'].map((name) => readManifest(at(name)))) as [Manifest, Manifest]; // prettier-ignore
    assert.equal(instructed, 'instructed', 'it has other weights, which are not averaged');
    assert.deepEqual(passedOn, { ...own, capabilities: own.capabilities.filter((c) => c !== 'revise') });
    await averageModels([at('one'), at('one')], at('same'));
    assert.deepEqual(await readFile(at('same/model.safetensors')), await readFile(at('one/model.safetensors')));
  });

  it('needs two models, of one shape', async () => {
    await assert.rejects(averageModels([at('one')], at('none')), /two models/);
    await cp(at('other'), at('odd'), { recursive: true });
    const config = JSON.parse(await readFile(at('odd/config.json'), 'utf8')) as { max_sequence_length: number };
    await writeFile(at('odd/config.json'), JSON.stringify({ ...config, max_sequence_length: config.max_sequence_length / 2 }));
    await assert.rejects(averageModels([at('one'), at('odd')], at('none')), /another shape/);
  });
});
