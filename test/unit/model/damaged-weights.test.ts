import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { ModelError } from '../../../src/model/errors';
import { readNetwork } from '../../../src/model/network';
import { goldenFolder } from '../helpers/golden';
import { joinSafetensors, ModelFolder, splitSafetensors } from '../helpers/model-folder';

const weightsFile = 'model.safetensors';
const pristine = readFileSync(path.join(goldenFolder, 'llada', weightsFile));
const norm = 'model.transformer.ln_f.weight';
const embedding = 'model.transformer.wte.weight';

/** Reading fails as the user should see it: a ModelError with these words, never another kind of error. */
async function refused(folder: ModelFolder, words: RegExp): Promise<void> {
  await assert.rejects(readNetwork(folder.dir), (error) => {
    assert.ok(error instanceof ModelError, `not a ModelError: ${String(error)}`);
    assert.match(error.message, words);
    return true;
  });
}

describe('damaged weights files', () => {
  let folder: ModelFolder;
  beforeEach(() => (folder = new ModelFolder(path.join(goldenFolder, 'llada'))));
  afterEach(() => {
    folder.dispose();
  });

  it('the undamaged copy is read', async () => {
    const { weights } = await readNetwork(folder.dir);
    assert.equal(weights.finalNorm.length, 64);
  });

  it('cut off at any byte: refused', async () => {
    const headerEnd = 8 + Number(pristine.readBigUInt64LE());
    const anywhere = fc.oneof(
      fc.integer({ min: 0, max: headerEnd + 8 }),
      fc.integer({ min: 0, max: pristine.length - 1 }),
      fc.constantFrom(0, 7, 8, 9, headerEnd - 1, headerEnd, pristine.length - 1),
    );
    await fc.assert(
      fc.asyncProperty(anywhere, async (length) => {
        folder.write(weightsFile, pristine.subarray(0, length));
        await refused(folder, /damaged or cut off|too short|cut off|valid JSON/);
      }),
      { numRuns: 150 },
    );
  });

  it('any change to the header: read as before or refused, never anything else', async () => {
    const headerEnd = 8 + Number(pristine.readBigUInt64LE());
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: headerEnd - 1 }), fc.integer({ min: 0, max: 255 }), async (at, byte) => {
        const bytes = Buffer.from(pristine);
        bytes[at] = byte;
        folder.write(weightsFile, bytes);
        await readNetwork(folder.dir).catch((error: unknown) => {
          assert.ok(error instanceof ModelError, `byte ${at} = ${byte}: ${String(error)}`);
        });
      }),
      { numRuns: 150 },
    );
  });

  for (const length of [0n, 1n, 100_000_001n, 1n << 31n, 1n << 53n, (1n << 63n) + 5n, (1n << 64n) - 1n]) {
    it(`a header that says it is ${length} bytes long`, async () => {
      const { header, data } = splitSafetensors(folder.path(weightsFile));
      folder.write(weightsFile, joinSafetensors(header, data, length));
      await refused(folder, /damaged or cut off|valid JSON|not an object/);
    });
  }

  const damages: [what: string, change: (f: ReturnType<typeof splitSafetensors>) => unknown, words: RegExp][] = [
    ['a tensor over another', ({ header }) => {
      const [a, b] = [header[norm]!, header['model.transformer.blocks.0.attn_norm.weight']!];
      return { ...header, [norm]: { ...a, data_offsets: b.data_offsets } };
    }, /overlap/],
    ['offsets behind the end', ({ header, data }) => ({ ...header, [norm]: { ...header[norm], data_offsets: [data.length, data.length + 256] } }), /cut off/],
    ['offsets the wrong way round', ({ header }) => ({ ...header, [norm]: { ...header[norm], data_offsets: [256, 0] } }), /-256 bytes/],
    ['negative offsets', ({ header }) => ({ ...header, [norm]: { ...header[norm], data_offsets: [-256, 0] } }), /malformed/],
    ['a shape beyond all memory', ({ header }) => ({ ...header, [norm]: { ...header[norm], shape: [2 ** 40, 2 ** 40] } }), /its shape needs/],
    ['a shape of fractions', ({ header }) => ({ ...header, [norm]: { ...header[norm], shape: [63.5] } }), /malformed/],
    ['another shape of the same size', ({ header }) => ({ ...header, [norm]: { ...header[norm], shape: [8, 8] } }), /shape \[8, 8\], but config.json needs \[64\]/],
    ['whole numbers for weights', ({ header }) => ({ ...header, [norm]: { ...header[norm], dtype: 'I32' } }), /dtype I32/],
    ['an unknown dtype', ({ header }) => ({ ...header, [norm]: { ...header[norm], dtype: 'F8_E4M3' } }), /unknown dtype F8_E4M3/],
    ['a dtype named like a method', ({ header }) => ({ ...header, [norm]: { ...header[norm], dtype: 'constructor' } }), /unknown dtype constructor/],
    ['half the width that is there', ({ header }) => ({ ...header, [norm]: { ...header[norm], dtype: 'F16' } }), /256 bytes, its shape needs 128/],
    ['a missing tensor', ({ header }) => Object.fromEntries(Object.entries(header).filter(([n]) => n !== norm)), /ln_f.weight is missing/],
    ['no tensors at all', () => ({}), /is missing/],
    ['an entry that is no object', ({ header }) => ({ ...header, [norm]: 7 }), /malformed/],
    ['a header that is a list', () => [], /not an object/],
    ['a header that is not JSON', () => '{"a": ', /valid JSON/],
  ]; // prettier-ignore
  for (const [what, change, words] of damages) {
    it(`${what}: refused`, async () => {
      const parts = splitSafetensors(folder.path(weightsFile));
      folder.write(weightsFile, joinSafetensors(change(parts), parts.data));
      await refused(folder, words);
    });
  }

  for (const value of [Number.NaN, Infinity, -Infinity]) {
    it(`a weight of ${value}: refused by the tensor's name`, async () => {
      const { header, data } = splitSafetensors(folder.path(weightsFile));
      const copy = Buffer.from(data);
      copy.writeFloatLE(value, header[embedding]!.data_offsets[0] + 400);
      folder.write(weightsFile, joinSafetensors(header, copy));
      await refused(folder, /wte.weight holds NaN or infinite/);
    });
  }

  it('no file, a folder or a pipe in its place: refused, and the pipe is not waited for', async () => {
    folder.remove(weightsFile);
    await refused(folder, /model.safetensors is missing/);
    execFileSync('mkfifo', [folder.path(weightsFile)]);
    await refused(folder, /not a plain file/);
    folder.remove(weightsFile);
    execFileSync('mkdir', [folder.path(weightsFile)]);
    await refused(folder, /not a plain file/);
  });
});

describe('damaged shard indices', () => {
  const index = 'model.safetensors.index.json';
  let folder: ModelFolder;
  beforeEach(() => (folder = new ModelFolder(path.join(goldenFolder, 'llada-sharded'))));
  afterEach(() => {
    folder.dispose();
  });

  for (const stray of ['../llada/model.safetensors', '/etc/passwd', 'sub/model.safetensors', '..', 'config.json']) {
    it(`a shard called ${stray}: refused unopened`, async () => {
      folder.patch(index, { weight_map: { [norm]: stray } });
      await refused(folder, /outside its folder/);
    });
  }

  it('a shard that is not there, no index, a list, broken JSON', async () => {
    folder.patch(index, { weight_map: { [norm]: 'model-00009-of-00002.safetensors' } });
    await refused(folder, /00009-of-00002.safetensors is missing/);
    folder.write(index, '{"weight_map": ');
    await refused(folder, /valid JSON/);
    folder.write(index, []);
    await refused(folder, /not an index/);
    folder.remove(index);
    await refused(folder, /model.safetensors is missing/);
  });

  it('a tensor in two shards', async () => {
    const [a, b] = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'].map((n) => folder.path(n));
    const [first, second] = [splitSafetensors(a!), splitSafetensors(b!)];
    const [name, entry] = Object.entries(second.header).find(([n]) => n !== '__metadata__')!;
    const size = entry.data_offsets[1] - entry.data_offsets[0];
    const at = first.data.length;
    const header = { ...first.header, [name]: { ...entry, data_offsets: [at, at + size] } };
    folder.write('model-00001-of-00002.safetensors', joinSafetensors(header, Buffer.concat([first.data, Buffer.alloc(size)])));
    await refused(folder, /stands in two weights files/);
  });
});
