import assert from 'node:assert/strict';
import path from 'node:path';
import fc from 'fast-check';
import { loadCodeModel } from '../../../src/diffusion/load';
import { parameterCount } from '../../../src/model/config';
import { ModelError } from '../../../src/model/errors';
import { parseLladaConfig } from '../../../src/model/llada/config';
import { assertFitsMemory, loadingBytes } from '../../../src/model/memory';
import { readConfig, readNetwork } from '../../../src/model/network';
import { goldenFolder } from '../helpers/golden';
import { embeddedModelFolder, ModelFolder } from '../helpers/model-folder';
import { openGate } from '../../../src/diffusion/run-gate';

async function refused(reading: Promise<unknown>, words: RegExp): Promise<void> {
  await assert.rejects(reading, (error) => {
    assert.ok(error instanceof ModelError, `not a ModelError: ${String(error)}`);
    assert.match(error.message, words);
    return true;
  });
}

describe('damaged config.json', () => {
  let folder: ModelFolder;
  beforeEach(() => (folder = new ModelFolder(path.join(goldenFolder, 'llada'))));
  afterEach(() => {
    folder.dispose();
  });

  const damages: [fields: Record<string, unknown>, words: RegExp][] = [
    [{ d_model: 1e9 }, /d_model/],
    [{ d_model: 2 ** 60 }, /d_model/],
    [{ d_model: -64 }, /d_model/],
    [{ d_model: 64.5 }, /d_model/],
    [{ d_model: '64' }, /d_model/],
    [{ d_model: undefined }, /d_model/],
    [{ n_layers: 1e6 }, /n_layers/],
    [{ n_layers: 0 }, /n_layers/],
    [{ n_heads: 5 }, /not a multiple of n_heads/],
    [{ n_heads: 64, n_kv_heads: 64 }, /even width/],
    [{ n_kv_heads: 3 }, /not a multiple of n_kv_heads/],
    [{ mlp_hidden_size: 1e9 }, /mlp_hidden_size/],
    [{ vocab_size: 1e12 }, /vocab_size/],
    [{ embedding_size: 1e12 }, /embedding_size/],
    [{ embedding_size: 383 }, /embedding_size 383 is less than vocab_size/],
    [{ max_sequence_length: 1e9 }, /max_sequence_length/],
    [{ mask_token_id: 384 }, /mask_token_id 384 is outside the vocabulary/],
    [{ eos_token_id: 1e9 }, /eos_token_id/],
    [{ mask_token_id: 381 }, /are both 381/],
    [{ rope: false }, /rope/],
    [{ rope_theta: 0 }, /rope_theta/],
    [{ rms_norm_eps: -1 }, /rms_norm_eps/],
    [{ include_bias: true }, /include_bias/],
    [{ model_type: 'bert' }, /model_type/],
    // Believable sizes that are not those of the weights file.
    [{ d_model: 128 }, /has shape/],
    [{ n_layers: 3 }, /blocks.2.attn_norm.weight is missing/],
    [{ mlp_hidden_size: 193 }, /config.json needs \[193, 64\]/],
    [{ vocab_size: 385, embedding_size: 385 }, /config.json needs \[385, 64\]/],
    [{ n_kv_heads: 2 }, /k_proj/],
  ];
  for (const [fields, words] of damages) {
    it(`${JSON.stringify(fields)}: refused`, async () => {
      folder.patch('config.json', fields);
      await refused(readNetwork(folder.dir), words);
    });
  }

  it('any value in any field: accepted or refused, never another error', () => {
    const config = folder.json('config.json');
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(config)), fc.jsonValue(), (field, value) => {
        try {
          const parsed = parseLladaConfig({ ...config, [field]: value });
          assert.ok(Number.isSafeInteger(parameterCount(parsed)));
        } catch (error) {
          assert.ok(error instanceof ModelError, String(error));
        }
      }),
    );
  });

  it('no JSON, no object, no file, an enormous file, no folder', async () => {
    folder.write('config.json', '{"d_model": 64,');
    await refused(readConfig(folder.dir), /does not hold valid JSON/);
    folder.write('config.json', '[]');
    await refused(readConfig(folder.dir), /not a LLaDA configuration/);
    folder.write('config.json', Buffer.alloc(2_000_000, ' '));
    await refused(readConfig(folder.dir), /2000000 bytes/);
    folder.remove('config.json');
    await refused(readConfig(folder.dir), /config.json is missing/);
    await refused(readConfig(folder.path('nowhere')), /not a model folder.*"unmask.model"/);
  });
});

describe('models that do not fit', () => {
  it('memory: refused before anything is read or drawn, naming sizes and setting', async () => {
    const folder = new ModelFolder(embeddedModelFolder);
    try {
      // Sizes within the bounds of the format, 2 TB in all; the weights file is that of a small network, so reading it would fail otherwise.
      folder.patch('config.json', { d_model: 65536, n_heads: 512, n_kv_heads: 512, mlp_hidden_size: 262144 });
      await refused(readNetwork(folder.dir), /needs about .* GB of memory to load, and .* GB are free.*"unmask.model"/);
      const random = { dir: folder.dir, device: 'cpu', threads: 1, gate: openGate, randomSeed: 1 } as const;
      await refused(loadCodeModel(random), /GB of memory/);
    } finally {
      folder.dispose();
    }
  });

  it('memory: the limit is where loading would end', async () => {
    const config = await readConfig(embeddedModelFolder);
    assertFitsMemory(config, loadingBytes(config));
    assert.throws(() => {
      assertFitsMemory(config, loadingBytes(config) - 1);
    }, ModelError);
  });
});

describe('damaged tokenizer.json and manifest.json', () => {
  let folder: ModelFolder;
  beforeEach(() => (folder = new ModelFolder(embeddedModelFolder)));
  afterEach(() => {
    folder.dispose();
  });
  const load = (): Promise<unknown> => loadCodeModel({ dir: folder.dir, device: 'cpu', threads: 1, gate: openGate });
  const model = (): { vocab: Record<string, number>; merges: unknown[] } =>
    folder.json('tokenizer.json')['model'] as { vocab: Record<string, number>; merges: unknown[] };

  it('missing, not JSON, of another kind', async () => {
    folder.patch('tokenizer.json', { decoder: { type: 'WordPiece' } });
    await refused(load(), /only byte-level BPE/);
    folder.patch('tokenizer.json', { decoder: null });
    await refused(load(), /only byte-level BPE/);
    folder.patch('tokenizer.json', { model: { ...model(), type: 'Unigram' } });
    await refused(load(), /only byte-level BPE/);
    folder.write('tokenizer.json', '{"model": {');
    await refused(load(), /does not hold valid JSON/);
    folder.write('tokenizer.json', {});
    await refused(load(), /not a tokenizer we can use/);
    folder.remove('tokenizer.json');
    await refused(load(), /tokenizer.json is missing/);
  });

  it('a token beyond the embedding table', async () => {
    const { vocab, ...rest } = model();
    const known = folder.json('config.json')['vocab_size'] as number;
    folder.patch('tokenizer.json', { model: { ...rest, vocab: { ...vocab, zzzzzz: known } } });
    await refused(load(), new RegExp(`ids up to ${known}, but the network of config.json knows ${known} tokens`));
  });

  it('a special token beyond the embedding table', async () => {
    const added = folder.json('tokenizer.json')['added_tokens'] as object[];
    const far = (folder.json('config.json')['vocab_size'] as number) + 904;
    folder.patch('tokenizer.json', { added_tokens: [...added, { id: far, content: '<|far|>', special: true }] });
    await refused(load(), new RegExp(`ids up to ${far}`));
  });

  it('two tokens of one id, a byte without a token, a token that is not bytes, a broken merge', async () => {
    const { vocab, ...rest } = model();
    const write = (changed: object): void => {
      folder.patch('tokenizer.json', { model: { ...rest, vocab: changed } });
    };
    write({ ...vocab, zzzzzz: 300 });
    await refused(load(), /two tokens have id 300/);
    write(Object.fromEntries(Object.entries(vocab).filter(([token]) => token !== 'a')));
    await refused(load(), /no token for byte 97/);
    write({ ...vocab, 漢字: 4095.5 });
    await refused(load(), /not a tokenizer we can use/);
    write({ ...Object.fromEntries(Object.entries(vocab).filter(([, id]) => id !== 4095)), 漢字: 4095 });
    await refused(load(), /not byte-level/);
    folder.patch('tokenizer.json', { model: { ...rest, vocab, merges: 7 } });
    await refused(load(), /not a tokenizer we can use/);
  });

  it('a mask that is ordinary text', async () => {
    folder.patch('config.json', { mask_token_id: 97 });
    await refused(load(), /mask_token_id 97 of config.json is ordinary text \("a"\)/);
  });

  it('a manifest that is none; without one the model fills gaps', async () => {
    folder.write('manifest.json', { capabilities: 'infill' });
    await refused(load(), /not a model manifest/);
    folder.write('manifest.json', 'infill');
    await refused(load(), /valid JSON/);
    folder.remove('manifest.json');
    const loaded = await loadCodeModel({ dir: folder.dir, device: 'cpu', threads: 1, gate: openGate });
    assert.deepEqual(loaded.model.info.capabilities, ['infill']);
    assert.equal(loaded.model.info.id, path.basename(folder.dir));
    await loaded.dispose();
  });
});
