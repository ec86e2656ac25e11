import { strict as assert } from 'node:assert';
import path from 'node:path';
import fc from 'fast-check';
import type { CodeModel } from '../../../src/diffusion/code-model';
import { CopySource, type Ranking } from '../../../src/diffusion/copying';
import { loadCodeModel } from '../../../src/diffusion/load';
import { openGate } from '../../../src/diffusion/run-gate';
import { root } from '../helpers/bundles';

const weights = { least: 2, most: 4, strength: 3 };
const model: Ranking = { p: Float32Array.of(0.5, 0.3, 0.1), id: Int32Array.of(1, 2, 3) };
const anything = (): boolean => true;

/** The same by the definition: every place is looked at, one side after the other, few agreeing tokens before many. */
function byDefinition(texts: number[][], at: (k: number) => number | undefined): Map<number, number> {
  const seen = ([-1, 1] as const).map((side) =>
    Array.from({ length: weights.most + 1 }, (_, n) =>
      texts.flatMap((text) => text.filter((_token, i) => n >= weights.least && agree(text, i, side, n, at))),
    ),
  );
  const p = new Map(seen.flat(2).map((token) => [token, model.p[2]! / 2]));
  model.id.forEach((token, i) => p.set(token, model.p[i]!));
  for (const tokens of seen.flat()) {
    if (tokens.length === 0) continue;
    const trust = weights.strength * new Set(tokens).size;
    for (const [token, before] of p) {
      p.set(token, (tokens.filter((t) => t === token).length + trust * before) / (tokens.length + trust));
    }
  }
  return p;
}

function agree(text: number[], i: number, side: -1 | 1, n: number, at: (k: number) => number | undefined): boolean {
  return Array.from({ length: n }, (_, k) => side * (k + 1)).every((k) => text[i + k] !== undefined && text[i + k] === at(k));
}

async function withModel(work: (model: CodeModel) => Promise<void>): Promise<void> {
  const dir = path.join(root, 'model-assets', 'unmask-tiny');
  const loaded = await loadCodeModel({ dir, device: 'cpu', threads: 1, gate: openGate });
  await work(loaded.model).finally(() => loaded.dispose());
}

describe('copying from the text around', () => {
  it('lays what was seen beside the same neighbours over the ranking, as defined', () => {
    const token = fc.integer({ min: 0, max: 3 });
    const texts = fc.array(fc.array(token, { maxLength: 30 }), { minLength: 1, maxLength: 3 });
    const around = fc.array(fc.option(token, { nil: undefined }), { minLength: 9, maxLength: 9 });
    fc.assert(
      fc.property(texts, around, (all, near) => {
        const at = (k: number): number | undefined => near[k + 4];
        const mixed = new CopySource(all, weights).mixed(model, at, anything);
        const expected = byDefinition(all, at);
        assert.equal(mixed.id.length, expected.size);
        mixed.id.forEach((id, i) => {
          assert.ok(Math.abs(mixed.p[i]! - expected.get(id)!) < 1e-6);
        });
        assert.deepEqual(
          [...mixed.p],
          [...mixed.p].sort((a, b) => b - a),
        );
      }),
    );
  });

  it('never offers a token that is forbidden, and leaves the ranking alone where nothing like it stands', () => {
    const source = new CopySource([[7, 8, 9, 4, 7, 8, 9, 5]], weights);
    const near = new Map([[-1, 9], [-2, 8]]); // prettier-ignore
    const at = (k: number): number | undefined => near.get(k);
    assert.deepEqual([...source.mixed(model, at, anything).id].sort(), [1, 2, 3, 4, 5]);
    assert.deepEqual([...source.mixed(model, at, (token) => token !== 4).id].sort(), [1, 2, 3, 5]);
    assert.equal(
      source.mixed(model, () => undefined, anything),
      model,
    );
  });

  it('knows the length of what stood between the same neighbours, and nothing of texts that only follow each other', () => {
    const text = [10, 11, 12, 50, 51, 52, 20, 21, 22];
    const source = new CopySource([text, [1, 2, 3]]);
    assert.equal(source.lengthBetween([12, 11, 10], [20, 21, 22], 8), 3);
    assert.equal(source.lengthBetween([12, 11, 10], [20, 21, 22], 2), null, 'longer than allowed');
    assert.equal(source.lengthBetween([12, 11, 10], [20, 99], 8), null, 'too little agrees');
    assert.equal(source.lengthBetween([22, 21, 20], [1, 2, 3], 8), null, 'another text begins between them');
  });

  it('a text that stands elsewhere in the file gains by it when texts are compared', async function () {
    this.timeout(60_000);
    const unrelated = 'function area(width, height) {\n  return width * height;\n}\n\n'.repeat(50);
    const one = 'if (stripes.count > herd.limit) flee(herd, stripes);\n';
    await withModel(async (code) => {
      const gainOf = async (before: string): Promise<number> => {
        const around = { prefix: `${before}if (stripes.count > herd.`, suffix: ') flee(herd, stripes);\n' };
        const [right, wrong] = await code.score({ ...around, candidates: ['limit', 'length'] });
        return right!.logp - wrong!.logp;
      };
      assert.ok((await gainOf(one + unrelated)) > (await gainOf(unrelated)) + 1);
    });
  });

  it('fills a gap with what stands at the other end of the file, beyond the reach of the model', async function () {
    this.timeout(60_000);
    await withModel(async (code) => {
      const unrelated = 'function area(width, height) {\n  return width * height;\n}\n\n'.repeat(50);
      const suffix = '\n  report(quagga);\n}\n';
      const first = 'function firstZebra() {\n  const quagga = stripesOf(herd, 17).filter(Boolean);\n  report(quagga);\n}\n\n';
      const request = { prefix: `${unrelated}function secondZebra() {\n  const quagga = `, suffix };
      const fillWith = async (prefix: string): Promise<string | undefined> =>
        (await code.infill({ ...request, prefix: prefix + request.prefix }))[0]?.text;
      assert.equal(await fillWith(first), 'stripesOf(herd, 17).filter(Boolean);');
      assert.notEqual(await fillWith(''), 'stripesOf(herd, 17).filter(Boolean);');
    });
  });
});
