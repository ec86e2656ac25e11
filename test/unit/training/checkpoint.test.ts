import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import {
  CheckpointError,
  loadCheckpoint,
  saveCheckpoint,
  type CheckpointState,
  type Json,
} from '../../../src/training/checkpoint';
import type { Parameter } from '../../../src/training/parameters';
import { Random } from '../../../src/training/random';

interface Arrays {
  readonly weights: Parameter[];
  readonly moments: Parameter[];
}

function arrays(seed: number): Arrays {
  const random = Random.seeded(seed);
  const make = (name: string, shape: number[]): Parameter => ({
    name,
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.uniform() - 0.5),
  });
  return {
    weights: [make('embedding', [5, 3]), make('block0.query', [3, 3]), make('finalNorm', [3])],
    moments: [make('adam.first.embedding', [5, 3]), make('adam.second.embedding', [5, 3]), make('muon.block0.query', [3, 3])],
  };
}

const blank = (): Arrays => {
  const made = arrays(0);
  for (const p of [...made.weights, ...made.moments]) p.data.fill(0);
  return made;
};

function state(updates: number, data: Json = null, extra: Json = null): CheckpointState {
  return {
    trainer: { updates, tokens: 1024 * updates, optimiserUpdates: updates, rewarmedAt: null },
    seconds: updates / 3,
    data,
    extra,
  };
}

describe('checkpoints', () => {
  let folder: string;
  beforeEach(() => (folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'unmask-checkpoint-')), 'run')));
  afterEach(() => {
    rmSync(path.dirname(folder), { recursive: true });
  });

  it('what is saved is loaded: arrays bit for bit, and any JSON', async () => {
    const bits = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 9, maxLength: 9 });
    // The schema drops this name wherever it stands, so that no file can reach a prototype.
    const json = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('"__proto__":'));
    await fc.assert(
      fc.asyncProperty(bits, json, json, fc.nat(1e9), async (values, data, extra, updates) => {
        rmSync(folder, { recursive: true, force: true });
        const saved = arrays(1);
        saved.weights[1]!.data.set(values);
        // As JSON gives it back: a negative zero loses its sign.
        const [plainData, plainExtra] = JSON.parse(JSON.stringify([data, extra])) as [Json, Json];
        const written = state(updates, data as Json, extra as Json);
        const file = await saveCheckpoint(folder, saved, written);
        const read = blank();
        const loaded = await loadCheckpoint(folder, read);
        assert.deepEqual(read, saved);
        assert.deepEqual(loaded, { file, passedOver: [], state: { ...written, data: plainData, extra: plainExtra } });
      }),
      { numRuns: 40 },
    );
  });

  it('keeps the newest two, or as many as it is told, and clears away what dead processes left', async () => {
    for (const updates of [1, 2, 3]) await saveCheckpoint(folder, arrays(updates), state(updates));
    assert.deepEqual(readdirSync(folder), ['checkpoint-00000002.safetensors', 'checkpoint-00000003.safetensors']);
    writeFileSync(path.join(folder, 'checkpoint-00000004.safetensors.0123456789ab.partial'), 'half');
    writeFileSync(path.join(folder, 'notes.txt'), 'mine');
    await saveCheckpoint(folder, arrays(4), state(4), 3);
    assert.deepEqual(readdirSync(folder).sort(), [
      'checkpoint-00000002.safetensors',
      'checkpoint-00000003.safetensors',
      'checkpoint-00000004.safetensors',
      'notes.txt',
    ]);
    // After a return to an earlier state the later ones are of another course.
    await saveCheckpoint(folder, arrays(3), state(3));
    assert.deepEqual(readdirSync(folder).sort(), [
      'checkpoint-00000002.safetensors',
      'checkpoint-00000003.safetensors',
      'notes.txt',
    ]);
  });

  it('none: null, and nothing is changed', async () => {
    const read = arrays(7);
    assert.equal(await loadCheckpoint(folder, read), null);
    assert.deepEqual(read, arrays(7));
  });

  it('the newest cut off or changed anywhere: the one before is loaded and the reason given, or the newest itself is whole', async () => {
    await saveCheckpoint(folder, arrays(1), state(1));
    const newest = await saveCheckpoint(folder, arrays(2), state(2, { position: 12 }));
    const sound = readFileSync(newest);
    let passed = 0;
    const damage = fc.oneof(
      fc.nat(sound.length - 1).map((at) => sound.subarray(0, at)),
      fc.tuple(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, change]) => {
        const bytes = Buffer.from(sound);
        bytes[at] = bytes[at]! ^ change;
        return bytes;
      }),
      fc.constant(Buffer.alloc(sound.length)),
    );
    await fc.assert(
      fc.asyncProperty(damage, async (bytes) => {
        writeFileSync(newest, bytes);
        const read = blank();
        const loaded = await loadCheckpoint(folder, read);
        if (loaded!.passedOver.length === 0) {
          assert.deepEqual(read, arrays(2));
          assert.deepEqual(loaded!.state, state(2, { position: 12 }));
          return;
        }
        passed++;
        assert.match(loaded!.passedOver[0]!, /checkpoint-00000002.safetensors is (damaged|not a checkpoint)/);
        assert.deepEqual(loaded!.state, state(1));
        assert.deepEqual(read, arrays(1));
      }),
      { numRuns: 300 },
    );
    assert.ok(passed > 250, `${passed} of 300`);
  });

  it('all damaged: refused, with what is wrong with each, and nothing is changed', async () => {
    for (const updates of [1, 2]) writeFileSync(await saveCheckpoint(folder, arrays(updates), state(updates)), 'x');
    const read = arrays(7);
    await assert.rejects(loadCheckpoint(folder, read), (error) => {
      assert.ok(error instanceof CheckpointError);
      assert.match(error.message, /no checkpoint in .*00000002.*too short.*\n.*00000001.*too short/s);
      return true;
    });
    assert.deepEqual(read, arrays(7));
  });

  it('another optimiser or network is refused by name, not passed over', async () => {
    await saveCheckpoint(folder, arrays(1), state(1));
    await saveCheckpoint(folder, arrays(2), state(2));
    const refused = async (change: (a: Arrays) => void, words: RegExp): Promise<void> => {
      const read = blank();
      change(read);
      const before = structuredClone(read);
      await assert.rejects(loadCheckpoint(folder, read), (error) => {
        assert.ok(error instanceof CheckpointError);
        assert.match(error.message, words);
        assert.match(error.message, /00000002.safetensors belongs to/);
        return true;
      });
      assert.deepEqual(read, before);
    };
    await refused(
      (a) => a.moments.push({ name: 'adam.first.head', shape: [1], data: new Float32Array(1) }),
      /lacks moments.adam.first.head/,
    );
    await refused((a) => a.moments.pop(), /also holds moments.muon.block0.query/);
    await refused((a) => a.weights.pop(), /also holds weights.finalNorm/);
    await refused(
      (a) => (a.weights[1] = { name: 'block0.query', shape: [9, 1], data: new Float32Array(9) }),
      /weights.block0.query is \[3, 3\], not \[9, 1\]/,
    );
  });

  it('weights alone, whatever the moments are', async () => {
    await saveCheckpoint(folder, arrays(2), state(2));
    const read = blank();
    const loaded = await loadCheckpoint(folder, { weights: read.weights });
    assert.deepEqual(read, { weights: arrays(2).weights, moments: blank().moments });
    assert.equal(loaded!.state.trainer.tokens, 2048);
  });

  it('a state that is none is not saved', async () => {
    await assert.rejects(saveCheckpoint(folder, arrays(1), state(-1)));
    assert.deepEqual(readdirSync(folder), []);
  });
});
