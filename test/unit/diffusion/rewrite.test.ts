import assert from 'node:assert/strict';
import type { RewriteStep } from '../../../src/diffusion/code-model';
import { loadCodeModel, type LoadedCodeModel } from '../../../src/diffusion/load';
import { embeddedModelFolder } from '../helpers/model-folder';
import { openGate } from '../../../src/diffusion/run-gate';

const line = (i: number): string => `  const total${i} = items.filter((item) => item.price > ${i}).map((item) => item.price);\n`;
const text = `function f(items) {\n${Array.from({ length: 12 }, (_, i) => line(i)).join('')}  return total0;\n}\n`;
/** Places all over the text, so that more than one canvas is needed. */
const places = [...text.matchAll(/price > |filter|=> item/g)].map((m) => ({ start: m.index, end: m.index + m[0].length }));

describe('text written anew', function () {
  this.timeout(120_000);
  let loaded: LoadedCodeModel;
  before(async () => {
    loaded = await loadCodeModel({ dir: embeddedModelFolder, device: 'cpu', threads: 1, gate: openGate });
  });
  after(() => loaded.dispose());

  it('covers every place, keeps all that is beside them, and tells each step', async () => {
    const steps: RewriteStep[] = [];
    const rule = { kind: 'quota', steps: 5 } as const;
    const { places: written, forwards } = await loaded.model.rewrite({ text, places, rule, doubt: 0.5, onStep: (s) => steps.push(s) }); // prettier-ignore
    for (const { start, end } of places)
      assert.ok(written.some((w) => w.start < end && w.end > start), 'a place is left out'); // prettier-ignore
    for (let i = 1; i < written.length; i++) assert.ok(written[i]!.start >= written[i - 1]!.end);
    for (const w of written) {
      assert.ok(w.meanLogp <= 0);
      assert.equal(w.text.split('\n').length, text.slice(w.start, w.end).split('\n').length, 'lines stay lines');
    }
    const canvases = new Set(steps.map((s) => s.canvas));
    assert.ok(canvases.size > 1, 'the text needs several canvases');
    assert.ok(steps.some(({ tokens }) => tokens.some(({ state }) => state === 'remasked')), 'doubted tokens are masked again'); // prettier-ignore
    for (const canvas of canvases) {
      const own = steps.filter((s) => s.canvas === canvas);
      assert.deepEqual(own.map((s) => s.step), own.map((_, i) => i)); // prettier-ignore
      assert.ok(own[0]!.tokens.some(({ text: t }) => t === null) && own.at(-1)!.tokens.every(({ text: t }) => t !== null));
      for (const { tokens } of own)
        for (const t of tokens) {
          const inPlace = written.some((w) => t.start >= w.start && t.end <= w.end);
          if (!inPlace) assert.equal(t.text, text.slice(t.start, t.end));
          else if (t.text === null) assert.ok(t.state === 'masked' || t.state === 'remasked');
        }
    }
    assert.ok(forwards >= canvases.size && forwards === steps.at(-1)!.forwards);
    const again = await loaded.model.rewrite({ text, places, rule, doubt: 0.5 });
    assert.deepEqual(again.places, written, 'the same each time');
  });

  it('never has again in a place what it is to avoid, round after round', async () => {
    const own = places.slice(0, 4);
    const refused = new Map<number, string[]>();
    for (let round = 0; round < 3; round++) {
      const asked = own.map((place, i) => ({ ...place, avoid: refused.get(i) ?? [] }));
      const { places: written } = await loaded.model.rewrite({ text, places: asked });
      assert.equal(written.length, own.length);
      written.forEach((w, i) => {
        assert.ok(!(refused.get(i) ?? []).includes(w.text), `${JSON.stringify(w.text)} came back`);
        refused.set(i, [...(refused.get(i) ?? []), w.text]);
      });
    }
  });

  it('ends between steps when it is called off', async () => {
    const controller = new AbortController();
    let steps = 0;
    const running = loaded.model.rewrite(
      { text, places, onStep: () => { if (++steps === 3) controller.abort(new Error('enough')); } },
      { signal: controller.signal },
    ); // prettier-ignore
    await assert.rejects(running, /enough/);
    assert.equal(steps, 3);
  });

  it('has nothing to do for no places', async () => {
    assert.deepEqual(await loaded.model.rewrite({ text, places: [] }), { places: [], forwards: 0 });
  });
});
