import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { SafetensorsFiles } from '../../../src/model/safetensors';
import { writeSafetensors } from '../../../src/model/safetensors-write';
import { ModelFolder, splitSafetensors } from '../helpers/model-folder';

describe('writing safetensors', () => {
  let folder: ModelFolder;
  beforeEach(() => (folder = new ModelFolder()));
  afterEach(() => {
    folder.dispose();
  });

  it('what is written is read back: any names, shapes, metadata and finite values', async () => {
    const finite = fc.float({ noNaN: true, noDefaultInfinity: true });
    const text = fc.string({ unit: 'grapheme' });
    const tensor = fc.record({ name: text, values: fc.array(finite, { maxLength: 6 }), lead: fc.nat(2) });
    const metadata = fc.dictionary(text, text, { noNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(tensor, { selector: (t) => t.name, maxLength: 5 }), metadata, async (tensors, notes) => {
        fc.pre(tensors.every((t) => t.name !== '__metadata__' && t.name !== '__proto__') && !Object.hasOwn(notes, '__proto__'));
        const file = folder.path('x.safetensors');
        const shape = (t: (typeof tensors)[number]): number[] => [...Array<number>(t.lead).fill(1), t.values.length];
        await writeSafetensors(
          file,
          tensors.map((t) => ({ name: t.name, shape: shape(t), data: Float32Array.from(t.values) })),
          notes,
        );
        const files = await SafetensorsFiles.openFiles([file]);
        try {
          assert.deepEqual(files.names.sort(), tensors.map((t) => t.name).sort());
          assert.deepEqual(files.metadata, notes);
          for (const t of tensors) assert.deepEqual(await files.float32(t.name, shape(t)), Float32Array.from(t.values));
        } finally {
          await files.close();
        }
      }),
      { numRuns: 40 },
    );
  });

  it('refuses what no reader would give back, and leaves nothing', async () => {
    const file = folder.path('x.safetensors');
    const notes = JSON.parse('{"__proto__": ""}') as Record<string, string>;
    await assert.rejects(writeSafetensors(file, [], notes), /__proto__/);
    await assert.rejects(writeSafetensors(file, [{ name: '__proto__', shape: [1], data: Float32Array.of(1) }]), /__proto__/);
    assert.ok(!readdirSync(folder.path('.')).includes('x.safetensors'));
  });

  it('writes views at their place, data made when its turn comes, other dtypes, and data at a multiple of eight bytes', async () => {
    const file = folder.path('x.safetensors');
    const all = Float32Array.of(1, 2, 3, 4);
    await writeSafetensors(
      file,
      [
        { name: 'n', dtype: 'I64', shape: [2], data: BigInt64Array.of(-1n, 2n) },
        { name: 'part', shape: [2], data: all.subarray(1, 3) },
        { name: 'b', dtype: 'U8', shape: [3], data: () => Uint8Array.of(7, 8, 9) },
      ],
      { format: 'pt' },
    );
    const { header, data } = splitSafetensors(file);
    assert.deepEqual(header, {
      __metadata__: { format: 'pt' },
      n: { dtype: 'I64', shape: [2], data_offsets: [0, 16] },
      part: { dtype: 'F32', shape: [2], data_offsets: [16, 24] },
      b: { dtype: 'U8', shape: [3], data_offsets: [24, 27] },
    });
    assert.deepEqual([data.readBigInt64LE(0), data.readFloatLE(16), data.readFloatLE(20), data[26]], [-1n, 2, 3, 9]);
    assert.equal(Number(readFileSync(file).readBigUInt64LE()) % 8, 0);
  });

  it('refuses data that does not fit its shape and two tensors of one name, and leaves the old file as it was', async () => {
    const file = folder.path('x.safetensors');
    const good = { name: 'a', shape: [1], data: Float32Array.of(1) };
    await writeSafetensors(file, [good]);
    const before = readFileSync(file);
    await assert.rejects(writeSafetensors(file, [good, { ...good, name: 'b', shape: [2] }]), /b has 4 bytes, F32\[2\] needs 8/);
    await assert.rejects(writeSafetensors(file, [good, good]), /two tensors are called a/);
    assert.deepEqual(readFileSync(file), before);
    assert.deepEqual(readdirSync(folder.dir), ['x.safetensors']);
  });
});
