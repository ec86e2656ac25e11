import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { TransformerConfig } from '../../../src/model/config';
import { ModelError } from '../../../src/model/errors';
import { toFloat16 } from '../../../src/model/float16';
import { lladaConfigJson } from '../../../src/model/llada/write';
import { readNetwork } from '../../../src/model/network';
import { writeNetwork } from '../../../src/model/network-write';
import { CodeTokenizer } from '../../../src/model/tokenizer';
import { randomWeights, type TransformerWeights } from '../../../src/model/weights';
import { goldenFolder } from '../helpers/golden';
import { embeddedModelFolder, ModelFolder, splitSafetensors } from '../helpers/model-folder';

const config: TransformerConfig = {
  architecture: 'llada',
  layers: 2,
  width: 12,
  heads: 3,
  kvHeads: 1,
  headWidth: 4,
  mlpWidth: 20,
  vocabulary: 33,
  normEpsilon: 1e-6,
  ropeTheta: 5e5,
  tied: false,
  maxSequence: 64,
  maskToken: 31,
  endToken: 32,
};

const bits = (w: TransformerWeights): Uint32Array[] =>
  [w.embedding, w.finalNorm, w.head, ...w.blocks.flatMap((b) => Object.values(b) as Float32Array[])].map(
    (a) => new Uint32Array(a.buffer, a.byteOffset, a.length),
  );

describe('writing a model folder', () => {
  let folder: ModelFolder;
  beforeEach(() => (folder = new ModelFolder()));
  afterEach(() => {
    folder.dispose();
  });

  for (const change of [{}, { tied: true, kvHeads: 3 }]) {
    it(`single precision comes back bit for bit, denormal numbers included: ${JSON.stringify(change)}`, async () => {
      const c = { ...config, ...change };
      const weights = randomWeights(c, 5);
      new Uint32Array(weights.blocks[1]!.query.buffer).set([1, 0x80000003, 0x007fffff], 7);
      await writeNetwork(folder.dir, c, weights);
      const read = await readNetwork(folder.dir);
      assert.deepEqual(read.config, c);
      assert.deepEqual(bits(read.weights), bits(weights));
      assert.deepEqual(readdirSync(folder.dir).sort(), ['config.json', 'model.safetensors']);
    });
  }

  it('tensors of the reference implementation are written as it has them', async () => {
    for (const name of ['llada', 'llada-tied-gqa']) {
      const source = path.join(goldenFolder, name);
      const { config: c, weights } = await readNetwork(source);
      const copy = path.join(folder.dir, name);
      await writeNetwork(copy, c, weights);
      const [given, written] = [source, copy].map((f) => splitSafetensors(path.join(f, 'model.safetensors')));
      const names = (header: object): string[] => Object.keys(header).filter((n) => n !== '__metadata__').sort(); // prettier-ignore
      assert.deepEqual(names(written!.header), names(given!.header));
      for (const tensor of names(given!.header)) {
        const [a, b] = [given!.header[tensor]!, written!.header[tensor]!];
        assert.deepEqual([b.dtype, b.shape], [a.dtype, a.shape], tensor);
        assert.ok(given!.data.subarray(...a.data_offsets).equals(written!.data.subarray(...b.data_offsets)), tensor);
      }
      const json = (f: string): Record<string, unknown> =>
        JSON.parse(readFileSync(path.join(f, 'config.json'), 'utf8')) as Record<string, unknown>;
      const reference = json(source);
      delete reference['transformers_version'];
      assert.deepEqual(json(copy), reference);
    }
  });

  it('half precision: each weight the nearest half, and the embedded model, which is in halves, comes back bit for bit', async () => {
    const weights = randomWeights(config, 5);
    await writeNetwork(folder.dir, config, weights, { dtype: 'F16' });
    const read = await readNetwork(folder.dir);
    const halves = (w: TransformerWeights): Uint16Array[] =>
      bits(w).map((b) => toFloat16(new Float32Array(b.buffer, b.byteOffset, b.length), ''));
    assert.deepEqual(halves(read.weights), halves(weights));
    weights.blocks[0]!.gate.forEach((v, i) => {
      assert.ok(Math.abs(read.weights.blocks[0]!.gate[i]! - v) <= Math.max(2 ** -25, Math.abs(v) * 2 ** -11));
    });
    const embedded = await readNetwork(embeddedModelFolder);
    await writeNetwork(folder.dir, embedded.config, embedded.weights, { dtype: 'F16', tokenizerFrom: embeddedModelFolder });
    const again = await readNetwork(folder.dir);
    assert.deepEqual(again.config, embedded.config);
    assert.deepEqual(bits(again.weights), bits(embedded.weights));
    const tokenizer = await CodeTokenizer.load(folder.dir);
    tokenizer.assertFits(again.config);
  });

  it('a weight beyond half precision is refused by its name, and an older model stays as it was', async () => {
    const weights = randomWeights(config, 5);
    await writeNetwork(folder.dir, config, weights);
    weights.blocks[1]!.up[3] = 7e4;
    await assert.rejects(writeNetwork(folder.dir, { ...config, maxSequence: 32 }, weights, { dtype: 'F16' }), (error) => {
      assert.ok(error instanceof ModelError);
      assert.match(error.message, /model\.transformer\.blocks\.1\.up_proj\.weight holds 70000/);
      return true;
    });
    assert.deepEqual((await readNetwork(folder.dir)).config, config);
    assert.deepEqual(readdirSync(folder.dir).sort(), ['config.json', 'model.safetensors']);
  });

  it('what could not be read back is not written', async () => {
    assert.throws(() => lladaConfigJson({ ...config, headWidth: 6 }), /3 heads of width 6 do not make up/);
    assert.throws(() => lladaConfigJson({ ...config, endToken: config.maskToken }), ModelError);
    folder.write('model.safetensors.index.json', {});
    await assert.rejects(writeNetwork(folder.dir, config, randomWeights(config, 5)), /in shards/);
  });
});
