import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { weightedCrossEntropy } from '../../../../src/training/graph/losses';
import { cpuTraining, webgpuTraining } from '../../../../src/training/graph/lowering';
import { buildTrainingGraph } from '../../../../src/training/graph/training-graph';
import { allTargets } from '../../../../src/training/lora/parameters';
import { differencesAgree, livelyAdapter, livelyParameters, smallBatch, tinyConfig, withSession } from '../support';
import { memoryConfig, memorySizes, type StepMemory } from './memory-child';

const run = promisify(execFile);
const adapter = { rank: 3, alpha: 6, targets: allTargets };

describe('layers computed again in the backward pass', function () {
  this.timeout(60_000);

  for (const [name, lowering] of Object.entries({ cpuTraining, webgpuTraining })) {
    for (const [what, options] of Object.entries({ weights: {}, adapter: { adapter } })) {
      it(`gradients by ${what} are those of layers that are kept, ${name}`, async () => {
        const c = tinyConfig({ layers: 4, kvHeads: 1 });
        const parameters = [...livelyParameters(c), ...('adapter' in options ? livelyAdapter(c, adapter) : [])];
        const gradients = (recompute: boolean): Promise<Map<string, Float32Array>> =>
          withSession(c, parameters, { ...options, recompute, lowering: { ...lowering, provider: 'cpu' } }, async (s) => {
            await s.step(smallBatch);
            return new Map([...s.gradients].map(([n, g]) => [n, g.slice()]));
          });
        const [kept, again] = [await gradients(false), await gradients(true)];
        assert.ok(kept.size > 0);
        for (const [n, gradient] of kept) {
          const scale = Math.max(...gradient.map(Math.abs));
          gradient.forEach((v, i) => {
            assert.ok(
              Math.abs(v - again.get(n)![i]!) <= 1e-6 * Math.max(1, scale),
              `${n}[${i}]: ${v}, again ${again.get(n)![i]!}`,
            );
          });
        }
      });
    }
  }

  it('gradients agree with finite differences', async () => {
    const c = tinyConfig({ layers: 3, tied: true });
    const parameters = livelyParameters(c);
    const some = parameters.filter((p) => /embedding|block[02]\.(query|down|mlpNorm)/.test(p.name));
    await withSession(c, parameters, { recompute: true }, (s) => differencesAgree(s, some, smallBatch));
  });

  it('keeps the inputs of layers and the last layer, and nothing else', () => {
    const c = tinyConfig({ layers: 5 });
    const options = { lowering: cpuTraining, batch: 2, length: 4, rows: 3, loss: weightedCrossEntropy, recompute: true };
    const forward = buildTrainingGraph(c, { ...options, forwardOnly: true }).nodes.length;
    const { nodes } = buildTrainingGraph(c, options);
    const made = new Map(nodes.flatMap((n, i) => n.outputs.map((o) => [o, i] as const)));
    const used = new Set(nodes.slice(forward + 8).flatMap((n) => n.inputs));
    const isSum = (i: number): boolean => nodes[i]!.op === 'Add' || nodes[i]!.op === 'Gather';
    const lastLayer = nodes.findLastIndex(
      (n, i) => i < forward && n.op === 'SimplifiedLayerNormalization' && n.inputs[1] === 'block4.attentionNorm',
    );
    const kept = [...used].map((name) => made.get(name) ?? Infinity).filter((i) => i < lastLayer);
    assert.ok(kept.every(isSum), kept.map((i) => nodes[i]!.op).join());
    assert.equal(kept.length, c.layers, 'the embeddings and the inputs of the layers above the first');
  });

  it('the runtime does not undo it: peak memory of a process falls by what the layers held', async function () {
    if (process.platform !== 'linux') this.skip();
    const measure = async (how: 'keep' | 'recompute'): Promise<StepMemory> => {
      const script = path.join(__dirname, 'memory-child.ts');
      const { stdout } = await run(process.execPath, ['--import', 'tsx', script, how]);
      return JSON.parse(stdout) as StepMemory;
    };
    const [kept, again] = [await measure('keep'), await measure('recompute')];
    assert.ok(Math.abs(kept.loss - again.loss) < 1e-6);
    assert.ok(Math.abs(kept.gradientSquares / again.gradientSquares - 1) < 1e-5);
    // Attention weights, four MLP activations, seven of the layer's width: what a layer keeps at the least.
    const { batch, length } = memorySizes;
    const rows = batch * length;
    const layer =
      4 * (batch * memoryConfig.heads * length * length + rows * (4 * memoryConfig.mlpWidth + 7 * memoryConfig.width));
    const saved = kept.peakBytes - again.peakBytes;
    assert.ok(
      saved > 0.75 * (memoryConfig.layers - 2) * layer,
      `${kept.peakBytes} bytes, recomputed ${again.peakBytes}; a layer holds ${layer}`,
    );
    assert.ok(again.peakBytes < 0.6 * kept.peakBytes, `${again.peakBytes} of ${kept.peakBytes}`);
  });
});
