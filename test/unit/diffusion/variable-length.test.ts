import assert from 'node:assert/strict';
import path from 'node:path';
import { openGate } from '../../../src/diffusion/run-gate';
import { textModel } from '../../../src/diffusion/text-model';
import { carriedOut, sureDecisions, type Decision, type GapToken } from '../../../src/diffusion/variable-length';
import { cpuLowering } from '../../../src/model/lowerings/cpu';
import { readConfig, readWeights } from '../../../src/model/network';
import { StepModel } from '../../../src/model/step-model';
import { CodeTokenizer } from '../../../src/model/tokenizer';
import { cellTarget } from '../../../src/training/objectives/infill';
import { drawGap, resolveCell, type GapCell } from '../../../src/training/objectives/variable-length';
import { Random } from '../../../src/training/random';

const [mask, expand, remove] = [1000, 1001, 1002];
const tokens = { expand, delete: remove, expandToken: expand, deleteToken: remove };

describe('gaps whose length the model finds', () => {
  it('who always predicts what it is taught to gets every gap back, from any canvas and in any order', () => {
    const random = Random.seeded(11);
    for (let round = 0; round < 300; round++) {
      const middle = Array.from({ length: 1 + random.below(20) }, (_, i) => i);
      let cells: GapCell[] = [...drawGap(middle.length, { merge: 'any', maxDelete: 8 }, random).cells];
      let gap: GapToken[] = cells.map((c) => ({ id: c.masked ? mask : middle[c.start]!, confidence: 1 }));
      while (gap.some((t) => t.id === mask)) {
        const all = cells.flatMap((cell, at): Decision[] =>
          cell.masked ? [{ at, token: cellTarget(cell, middle, tokens), confidence: random.uniform() }] : [],
        );
        const sure = sureDecisions(all, 0.7);
        assert.ok(sure.length > 0);
        gap = carriedOut(gap, sure, tokens, mask);
        for (const at of sure.map((d) => d.at).sort((a, b) => b - a)) cells = resolveCell(cells, at);
        assert.equal(gap.length, cells.length);
      }
      assert.deepEqual(gap.map((t) => t.id), middle); // prettier-ignore
    }
  });

  describe('with a network', function () {
    this.timeout(60_000);
    const folder = path.join(__dirname, '../../../model-assets/unmask-tiny');
    let step: StepModel;
    let tokenizer: CodeTokenizer;
    before(async () => {
      const config = await readConfig(folder);
      tokenizer = await CodeTokenizer.load(folder);
      step = await StepModel.create(config, await readWeights(folder, config), { lowering: cpuLowering, threads: 1 });
    });
    after(() => step.dispose());
    const model = (capabilities: string[]) => textModel({ id: 't', capabilities }, step, tokenizer, openGate);
    const request = {
      prefix: 'function add(a, b) {\n  return ',
      suffix: ';\n}\n',
      maxTokens: 12,
      samples: 6,
      temperature: 0.8,
      seed: 4,
    };

    it('nothing but text comes out, no longer than allowed, and the same for the same seed', async () => {
      const variable = model(['infill', 'variable-length']);
      const found = await variable.infill(request);
      assert.ok(found.length > 0);
      for (const { text, tokens: count, minConfidence } of found) {
        assert.ok(count >= 1 && count <= 12 && minConfidence > 0 && minConfidence <= 1);
        assert.ok(!text.includes('<|'), text);
        assert.ok((request.prefix + text).length > request.prefix.length - 1);
      }
      assert.deepEqual(await variable.infill(request), found);
      assert.equal((await variable.infill({ ...request, maxLines: 0 })).some((r) => r.text.includes('\n')), false); // prettier-ignore
    });

    it('each step is shown, and the last one holds the fill', async () => {
      const steps: string[][] = [];
      const [best] = await model(['infill', 'variable-length']).infill({
        ...request,
        samples: 1,
        temperature: 0,
        onStep: (s) => steps.push(s.tokens.map((t) => t.text ?? '?')),
      });
      assert.equal(steps.length, best?.steps);
      assert.equal(steps.at(-1)!.join('').trimStart(), best!.text.trimStart());
    });

    it('stops when told to, and lengths that are named are kept to', async () => {
      const stop = new AbortController();
      stop.abort(new Error('enough'));
      await assert.rejects(model(['infill', 'variable-length']).infill(request, { signal: stop.signal }), /enough/);
      const named = await model(['infill', 'variable-length']).infill({ ...request, lengths: [3] });
      assert.ok(named.every((r) => r.tokens === 3));
    });
  });
});
