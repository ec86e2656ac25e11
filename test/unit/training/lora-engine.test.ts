import assert from 'node:assert/strict';
import path from 'node:path';
import { loadCodeModel } from '../../../src/diffusion/load';
import { textModel } from '../../../src/diffusion/text-model';
import { mergedWeights } from '../../../src/model/adapter/merge';
import { writeAdapter } from '../../../src/model/adapter/peft';
import { cpuLowering } from '../../../src/model/lowerings/cpu';
import { readNetwork } from '../../../src/model/network';
import { StepModel } from '../../../src/model/step-model';
import { CodeTokenizer } from '../../../src/model/tokenizer';
import type { Batch } from '../../../src/training/batch';
import { adapterOf, allTargets, initialAdapter } from '../../../src/training/lora/parameters';
import { frozenWeights } from '../../../src/training/lora/frozen';
import { parametersOf } from '../../../src/training/parameters';
import { Random } from '../../../src/training/random';
import { embeddedModelFolder, ModelFolder } from '../helpers/model-folder';
import { onlyObject, runCli } from '../helpers/run-cli';
import { openGate } from '../../../src/diffusion/run-gate';
import { withSession } from './support';

const [prefix, candidate, suffix] = ['function add(a, b) {\n  return ', 'a - b', ';\n}\n'];
const load = (adapter?: string): ReturnType<typeof loadCodeModel> =>
  loadCodeModel({ dir: embeddedModelFolder, device: 'cpu', threads: 2, gate: openGate, ...(adapter ? { adapter } : {}) });

describe('the engine with an adapter', function () {
  this.timeout(60_000);
  const folder = new ModelFolder();
  after(() => {
    folder.dispose();
  });

  it('scores as the training graph does with the same adapter beside the frozen weights', async () => {
    const { config, weights } = await readNetwork(embeddedModelFolder);
    const options = { rank: 4, alpha: 8, targets: allTargets };
    const random = Random.seeded(2);
    const trained = initialAdapter(config, options, random).map((p) => ({
      ...p,
      data: p.data.map((v) => v || 4 * (random.uniform() - 0.5)),
    }));
    await writeAdapter(folder.dir, config, adapterOf(config, options, trained), 'unmask-tiny');

    const tokenizer = await CodeTokenizer.load(embeddedModelFolder);
    const [before, target, behind] = [prefix, candidate, suffix].map((t) => tokenizer.encode(t));
    const ids = Int32Array.from([...before!, ...target!.map(() => config.maskToken), ...behind!]);
    const batch: Batch = {
      batch: 1,
      length: ids.length,
      ids,
      rows: Int32Array.from(target!, (_, i) => before!.length + i),
      targets: Int32Array.from(target!),
      values: {},
    };
    const { logp } = await withSession(
      config,
      trained,
      { adapter: options, frozen: frozenWeights(parametersOf(config, weights)), length: ids.length, forwardOnly: true },
      (s) => s.step(batch),
    );
    const adapter = adapterOf(config, options, trained);
    const step = await StepModel.create(config, await mergedWeights(config, weights, adapter), {
      lowering: cpuLowering,
      threads: 2,
    });
    const loaded = await load(folder.dir);
    try {
      const found = await step.step({
        batch: 1,
        ids,
        rows: ids.map((_, i) => i),
        queries: batch.rows,
        targets: { ids: batch.targets, perQuery: 1 },
      });
      logp.forEach((v, i) => {
        assert.ok(Math.abs(v - found.targetLogp![i]!) < 1e-4, `row ${i}: ${found.targetLogp![i]!}, in the training graph ${v}`);
      });
      const merged = textModel({ id: 'merged', capabilities: [] }, step, tokenizer, openGate);
      const request = { prefix, suffix, candidates: [candidate, 'a + b'] };
      const scores = await loaded.model.score(request);
      for (const [i, { logp: score }] of (await merged.score(request)).entries())
        assert.ok(Math.abs(scores[i]!.logp - score) < 1e-4, `${scores[i]!.logp}, merged by hand ${score}`);
      assert.match(loaded.model.info.id, / \+ unmask-model-/);

      const plain = await load();
      try {
        const [without] = await plain.model.score(request);
        assert.ok(
          Math.abs(without!.logp - scores[0]!.logp) > 0.1,
          `the adapter does something: ${without!.logp}, ${scores[0]!.logp}`,
        );
      } finally {
        await plain.dispose();
      }
    } finally {
      await Promise.all([step.dispose(), loaded.dispose()]);
    }
  });

  it('is refused when the adapter is for another model, before weights are read', async () => {
    const { config, weights } = await readNetwork(embeddedModelFolder);
    assert.ok(weights.blocks.length > 0);
    const other = { ...config, layers: 2 };
    const options = { rank: 2, alpha: 2, targets: allTargets };
    await writeAdapter(folder.dir, other, adapterOf(other, options, initialAdapter(other, options, Random.seeded(1))), 'x');
    await assert.rejects(load(folder.dir), /blocks\.2\.q_proj\.lora_A\.weight is missing/);
  });

  it('is what --adapter asks for, in an engine process; a folder that is not there is refused by name', async () => {
    const { config } = await readNetwork(embeddedModelFolder);
    const options = { rank: 2, alpha: 2, targets: allTargets };
    await writeAdapter(folder.dir, config, adapterOf(config, options, initialAdapter(config, options, Random.seeded(1))), 'x');
    const { models } = onlyObject(await runCli(['models', '--adapter', folder.dir, '--json'])) as { models: { id: string }[] };
    assert.equal(models[0]!.id, `unmask-tiny + ${path.basename(folder.dir)}`);
    const { code, stderr } = await runCli(['models', '--adapter', '/no/such/adapter']);
    assert.notEqual(code, 0);
    assert.match(stderr, /no adapter folder at \/no\/such\/adapter.*unmask\.adapter/);
    const without = await runCli(['models', '--model', 'none', '--adapter', folder.dir]);
    assert.notEqual(without.code, 0);
  });
});
