import assert from 'node:assert/strict';
import fc from 'fast-check';
import { move, moveOfKey, type Move, type Playback } from '../../../src/editor/denoising/playback';
import { frameAt, lastFrame, levelOf } from '../../../src/editor/denoising/replay';
import { recordsOf, RunRing } from '../../../src/editor/denoising/ring';
import { denoisingStep, type DenoisingCell, type DenoisingStep } from '../../../src/protocol/denoising';
import type { DenoisingRecord } from '../../../src/protocol/denoising-record';

/** Canvases as a sampler with remasking makes them: cells are written, masked again, or left alone, and only some are looked at. */
const record: fc.Arbitrary<DenoisingRecord> = fc
  .record({
    width: fc.integer({ min: 1, max: 8 }),
    changes: fc.array(fc.array(fc.record({ write: fc.boolean(), remask: fc.boolean(), told: fc.boolean(), p: fc.double({ min: 0, max: 1, noNaN: true }), text: fc.constantFrom('a', ' b', '\n', '(') }), { minLength: 8, maxLength: 8 }), { minLength: 1, maxLength: 8 }), // prettier-ignore
  })
  .map(({ width, changes }) => {
    let present: (string | null)[] = Array<null>(width).fill(null);
    const steps = changes.map((change, step): DenoisingStep => {
      const cells = present.map((text, i): DenoisingCell => {
        const { write, remask, told, p, text: fresh } = change[i]!;
        if (text === null) return write ? { text: fresh, state: 'unmasked', confidence: p } : { text, state: 'masked', confidence: told ? p : null };
        if (remask) return { text: null, state: 'remasked', confidence: null };
        return { text, state: 'kept', confidence: told ? p : null };
      }); // prettier-ignore
      present = cells.map(({ text }) => text);
      return denoisingStep.parse({ canvas: 0, range: { start: 0, end: 0 }, step, cells, stepsSoFar: step, tokensPerSecond: null, device: 'cpu' }); // prettier-ignore
    });
    return { before: '', after: '', steps, milliseconds: 1, samples: 1 };
  });

describe('denoising view: replay', () => {
  it('at step k shows exactly the canvas of step k, wherever one came from', () => {
    fc.assert(
      fc.property(record, fc.array(fc.nat(7), { minLength: 1, maxLength: 20 }), (made, visits) => {
        for (const visit of visits) {
          const k = visit % made.steps.length;
          const { cells } = made.steps[k]!;
          const frame = frameAt(made, k);
          assert.deepEqual(frame.cells.map(({ text, state }) => [text, state]), cells.map(({ text, state }) => [text, state])); // prettier-ignore
          assert.equal(frame.masked, cells.filter(({ text }) => text === null).length);
          assert.equal(frame.written, cells.filter(({ state }) => state === 'unmasked').length);
          assert.equal(frame.remasked, cells.filter(({ state }) => state === 'remasked').length);
        }
      }),
    );
  });

  it('knows of each written cell the last that the model said of it, and the step that wrote it', () => {
    fc.assert(
      fc.property(record, (made) => {
        const last = lastFrame(made);
        frameAt(made, last).cells.forEach((cell, i) => {
          if (cell.text === null) return;
          const since = made.steps.findLastIndex(({ cells }) => cells[i]!.state === 'unmasked');
          assert.equal(cell.since, since);
          const said = made.steps.slice(since).map(({ cells }) => cells[i]!.confidence);
          assert.equal(
            cell.confidence,
            said.findLast((confidence) => confidence !== null),
          );
        });
      }),
    );
  });

  it('refuses a step that is not there', () => {
    const [made] = fc.sample(record, 1);
    assert.throws(() => frameAt(made!, lastFrame(made!) + 1), RangeError);
  });

  it('has a level for every confidence', () => {
    assert.deepEqual([1, 0.9, 0.89, 0.6, 0.3, 0.29, 0, null].map(levelOf), [
      ...['sure', 'sure', 'likely', 'likely', 'unsure', 'doubtful', 'doubtful', 'unknown'],
    ]);
  });
});

describe('denoising view: moving', () => {
  it('stays within the frames, and playing always comes to its end', () => {
    const moves = fc.oneof(
      fc.constantFrom<Move>('previous', 'next', 'first', 'last', 'toggle', 'tick'),
      fc.record({ to: fc.integer({ min: -3, max: 12 }) }),
    );
    fc.assert(
      fc.property(fc.nat(9), fc.array(moves), (last, made) => {
        let state: Playback = { frame: 0, playing: false };
        for (const one of made) {
          state = move(state, one, last);
          assert(state.frame >= 0 && state.frame <= last && Number.isInteger(state.frame));
        }
        if (!state.playing) state = move(state, 'toggle', last);
        for (let i = 0; i <= last; i++) state = move(state, 'tick', last);
        assert.deepEqual(state, { frame: last, playing: false });
      }),
    );
  });

  it('knows its keys', () => {
    const keys = ['ArrowLeft', 'ArrowRight', 'Home', 'End', ' ', 'x', 'Tab', 'constructor'];
    assert.deepEqual(
      keys.map((key) => moveOfKey(key)),
      ['previous', 'next', 'first', 'last', 'toggle', undefined, undefined, undefined],
    );
  });
});

describe('denoising view: runs', () => {
  it('keeps the last ones, under numbers that are never used again', () => {
    const [made] = fc.sample(record, 1);
    const ring = new RunRing(3);
    const facts = { kind: 'edit', place: 'a.js:1', outcome: '', at: 0, model: 'm', record: made! } as const;
    for (let i = 0; i < 5; i++) ring.add(facts);
    assert.deepEqual(ring.runs.map(({ id }) => id), [2, 3, 4]); // prettier-ignore
    ring.clear();
    assert.equal(ring.add(facts).id, 5);
  });

  it("sorts a request's steps by canvas, each with the text around it", () => {
    const step = (canvas: number, start: number, end: number, n: number): DenoisingStep => ({
      ...{ canvas, range: { start, end }, step: n, cells: [], stepsSoFar: n, tokensPerSecond: null, device: 'cpu' },
    });
    const records = recordsOf('one two three', [step(0, 0, 3, 0), step(1, 4, 7, 0), step(0, 0, 3, 1), step(1, 4, 7, 1)], 9);
    assert.deepEqual(
      records.map(({ before, after, steps }) => [before, after, steps.map((s) => s.step)]),
      [
        ['', ' two three', [0, 1]],
        ['one ', ' three', [0, 1]],
      ],
    );
  });
});
