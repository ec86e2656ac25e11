import assert from 'node:assert/strict';
import type { Adapter, AdapterOptions } from '../../../src/model/adapter/adapter';
import { targetsNamed } from '../../../src/model/adapter/adapter';
import { mergeAdapter, mergedWeights, unmergeAdapter } from '../../../src/model/adapter/merge';
import { readAdapter, writeAdapter } from '../../../src/model/adapter/peft';
import { ModelError } from '../../../src/model/errors';
import { writeSafetensors } from '../../../src/model/safetensors-write';
import { blockMatrices, matrixSizes, type TransformerWeights } from '../../../src/model/weights';
import { adapterOf, allTargets, parametersOfAdapter } from '../../../src/training/lora/parameters';
import { parametersOf, weightsOf } from '../../../src/training/parameters';
import { joinSafetensors, ModelFolder, splitSafetensors } from '../helpers/model-folder';
import { livelyAdapter, livelyParameters, smallBatch, tinyConfig, withSession } from './support';

const c = tinyConfig({ kvHeads: 1 });
const options: AdapterOptions = { rank: 3, alpha: 6, targets: allTargets };
const makeAdapter = (o: AdapterOptions = options): Adapter => adapterOf(c, o, livelyAdapter(c, o));
const copyOf = (w: TransformerWeights): TransformerWeights =>
  weightsOf(
    c,
    parametersOf(c, w).map((p) => ({ ...p, data: p.data.slice() })),
  );

describe('merging an adapter into the weights', () => {
  const base = weightsOf(c, livelyParameters(c));

  it('gives W + (alpha / rank) A B, element by element, and leaves other weights alone', async () => {
    const adapter = makeAdapter({ ...options, targets: ['key', 'down'] });
    const merged = copyOf(base);
    await mergeAdapter(c, merged, adapter);
    for (const [i, block] of merged.blocks.entries()) {
      for (const target of blockMatrices) {
        const [inner, outer] = matrixSizes(c)[target];
        const pair = adapter.blocks[i]![target];
        for (let at = 0; at < inner * outer; at++) {
          const [row, column] = [Math.floor(at / outer), at % outer];
          let update = 0;
          for (let r = 0; pair && r < 3; r++) update += 2 * pair.a[row * 3 + r]! * pair.b[r * outer + column]!;
          const expected = base.blocks[i]![target][at]! + update;
          assert.ok(Math.abs(block[target][at]! - expected) <= 1e-6, `${i} ${target} ${at}`);
        }
      }
      assert.deepEqual(block.attentionNorm, base.blocks[i]!.attentionNorm);
    }
    assert.deepEqual(merged.embedding, base.embedding);
  });

  it('the merged network predicts what the network with the adapter beside it predicts', async () => {
    const adapter = makeAdapter();
    const untouched = copyOf(base);
    const merged = await mergedWeights(c, base, adapter);
    assert.deepEqual(base, untouched);
    const beside = await withSession(
      c,
      [...parametersOf(c, base), ...parametersOfAdapter(c, adapter)],
      { adapter: options },
      (s) => s.step(smallBatch),
    );
    const within = await withSession(c, parametersOf(c, merged), {}, (s) => s.step(smallBatch));
    beside.logp.forEach((v, i) => {
      assert.ok(Math.abs(v - within.logp[i]!) < 1e-5, `row ${i}: ${v}, merged ${within.logp[i]!}`);
    });
    const alone = await withSession(c, parametersOf(c, base), {}, (s) => s.step(smallBatch));
    assert.ok(Math.abs(alone.logp[0]! - within.logp[0]!) > 1e-2, 'the adapter does something');
  });

  it('unmerging gives the weights back within the rounding of float32', async () => {
    const adapter = makeAdapter();
    const weights = copyOf(base);
    await mergeAdapter(c, weights, adapter);
    const merged = copyOf(weights);
    await unmergeAdapter(c, weights, adapter);
    for (const [i, block] of weights.blocks.entries()) {
      for (const target of blockMatrices) {
        block[target].forEach((v, at) => {
          const [before, between] = [base.blocks[i]![target][at]!, merged.blocks[i]![target][at]!];
          const rounding = 2 ** -23 * Math.max(Math.abs(before), Math.abs(between));
          assert.ok(Math.abs(v - before) <= rounding, `${i} ${target} ${at}: ${v}, was ${before}`);
        });
      }
    }
  });
});

describe('targets by module names', () => {
  it("are LLaDA's own seven", () => {
    const names = ['q_proj', 'k_proj', 'v_proj', 'attn_out', 'ff_proj', 'up_proj', 'ff_out'];
    assert.deepEqual(targetsNamed('llada', names), [...allTargets]);
  });

  it('names that LLaDA lacks are refused: those of the list of d1 that do nothing', () => {
    assert.throws(() => targetsNamed('llada', ['q_proj', 'o_proj', 'gate_proj', 'down_proj']), /o_proj, gate_proj, down_proj/);
  });
});

describe('adapters in the layout of PEFT', () => {
  let folder: ModelFolder;
  beforeEach(async () => {
    folder = new ModelFolder();
    await writeAdapter(folder.dir, c, makeAdapter(), 'GSAI-ML/LLaDA-8B-Instruct');
  });
  afterEach(() => {
    folder.dispose();
  });

  it('come back as they were written', async () => {
    assert.deepEqual(await readAdapter(folder.dir, c), makeAdapter());
  });

  it("have PEFT's names, and its shapes: A [rank, in], B [out, rank]", () => {
    const { header, data } = splitSafetensors(folder.path('adapter_model.safetensors'));
    const module = 'base_model.model.model.transformer.blocks.1.ff_out';
    assert.deepEqual(header[`${module}.lora_A.weight`]!.shape, [3, 12]);
    assert.deepEqual(header[`${module}.lora_B.weight`]!.shape, [8, 3]);
    assert.equal(Object.keys(header).filter((n) => n.startsWith('base_model.')).length, 2 * 7 * c.layers);
    const start = header[`${module}.lora_A.weight`]!.data_offsets[0];
    // The second number of PEFT's first row is A[1, 0] of ours.
    assert.equal(data.readFloatLE(start + 4), makeAdapter().blocks[1]!.down!.a[3]);
  });

  it('have a configuration whose pattern takes the modules of the blocks, and not the output head of the same name', () => {
    const config = folder.json('adapter_config.json');
    assert.deepEqual(
      [config['peft_type'], config['r'], config['lora_alpha'], config['base_model_name_or_path']],
      ['LORA', 3, 6, 'GSAI-ML/LLaDA-8B-Instruct'],
    );
    const pattern = new RegExp(`^(?:${String(config['target_modules'])})$`);
    assert.match('model.transformer.blocks.11.ff_out', pattern);
    assert.match('model.transformer.blocks.0.q_proj', pattern);
    assert.doesNotMatch('model.transformer.ff_out', pattern);
    assert.doesNotMatch('model.transformer.blocks.0.attn_norm', pattern);
  });

  it('of half precision, with a list of modules, are read as well', async () => {
    const file = folder.path('adapter_model.safetensors');
    const { header, data } = splitSafetensors(file);
    const tensors = Object.entries(header).filter(([n]) => n !== '__metadata__');
    const high = (start: number, end: number): Uint16Array =>
      Uint16Array.from({ length: (end - start) / 4 }, (_, i) => data.readUInt16LE(start + 4 * i + 2));
    await writeSafetensors(
      file,
      tensors.map(([name, t]) => ({ name, dtype: 'BF16', shape: t.shape, data: high(...t.data_offsets) })),
    );
    folder.patch('adapter_config.json', { target_modules: ['q_proj', 'ff_out'] });
    const [found, exact] = [await readAdapter(folder.dir, c), makeAdapter()];
    found.blocks[0]!.up!.b.forEach((v, i) => {
      assert.ok(Math.abs(v - exact.blocks[0]!.up!.b[i]!) <= 2 ** -7 * Math.abs(exact.blocks[0]!.up!.b[i]!));
    });
  });

  const refused = (because: RegExp): Promise<void> =>
    assert.rejects(readAdapter(folder.dir, c), (e) => e instanceof ModelError && because.test(e.message));

  it('are refused when the configuration asks for other arithmetic', async () => {
    const whole = folder.json('adapter_config.json');
    for (const [field, value] of Object.entries({
      peft_type: 'IA3',
      use_dora: true,
      use_rslora: true,
      bias: 'all',
      modules_to_save: ['wte'],
      rank_pattern: { q_proj: 8 },
      layers_to_transform: [0],
      r: 0,
    })) {
      folder.write('adapter_config.json', { ...whole, [field]: value });
      await refused(new RegExp(field));
    }
  });

  it('are refused with another rank, for another model, or with damaged numbers', async () => {
    folder.patch('adapter_config.json', { r: 4 });
    await refused(/blocks\.0\.q_proj\.lora_A\.weight has shape \[3, 8\], but adapter_config\.json.*\[4, 8\]/);
    folder.patch('adapter_config.json', { r: 3 });
    await assert.rejects(readAdapter(folder.dir, tinyConfig()), /k_proj\.lora_B\.weight has shape \[4, 3\].*\[8, 3\]/);
    await assert.rejects(readAdapter(folder.dir, { ...c, layers: 1 }), /blocks\.1.*does not have/);
    await assert.rejects(readAdapter(folder.dir, { ...c, layers: 3 }), /blocks\.2\.q_proj\.lora_A\.weight is missing/);
    const file = folder.path('adapter_model.safetensors');
    const { header, data } = splitSafetensors(file);
    data.writeFloatLE(Number.NaN, 8);
    folder.write('adapter_model.safetensors', joinSafetensors(header, data));
    await refused(/NaN or infinite/);
  });

  it('are refused with tensors that belong to no block, and with too few', async () => {
    const file = folder.path('adapter_model.safetensors');
    const { header, data } = splitSafetensors(file);
    const [first] = Object.keys(header).filter((n) => n.includes('blocks.0.q_proj.lora_A'));
    const renamed = (name: string): Record<string, unknown> =>
      Object.fromEntries(Object.entries(header).map(([n, t]) => [n === first ? name : n, t]));
    for (const [name, why] of [
      ['base_model.model.model.transformer.ff_out.lora_A.weight', /transformer\.ff_out\.lora_A\.weight is no part/],
      ['base_model.model.model.transformer.blocks.0.o_proj.lora_A.weight', /no modules called o_proj/],
      ['base_model.model.model.transformer.blocks.0.q_proj.lora_C.weight', /lora_C/],
    ] as const) {
      folder.write('adapter_model.safetensors', joinSafetensors(renamed(name), data));
      await refused(why);
    }
    const rest = Object.entries(header).filter(([n]) => n !== first);
    folder.write('adapter_model.safetensors', joinSafetensors(Object.fromEntries(rest), data));
    await refused(/blocks\.0\.q_proj\.lora_A\.weight is missing/);
  });

  it('that are not there are refused with what is missing', async () => {
    await assert.rejects(readAdapter(folder.path('nowhere'), c), /not an adapter folder/);
    folder.remove('adapter_model.safetensors');
    await refused(/adapter_model\.safetensors is missing/);
    folder.remove('adapter_config.json');
    await refused(/adapter_config\.json is missing/);
  });
});
