import assert from 'node:assert/strict';
import {
  applyChange,
  changeOf,
  keepCompletion,
  readAnswer,
  repairCompletion,
  repairPrompt,
} from '../../../src/repair/model/canvas';
import { Random } from '../../../src/training/random';

const broken = 'function clamp(x, min, max) {\n  if (x < min) return max;\n  return x > max ? max : x;\n}';
const right = broken.replace('return max;', 'return min;');
const failing = { call: 'clamp(1, 2, 3)', expected: '2', actual: '3' };

describe('the canvas of a repair', () => {
  it('is code, evidence, reasons and an answer', () => {
    assert.equal(repairPrompt(broken, failing), `${broken}\n// clamp(1, 2, 3) gives 3, should be 2\n`);
    const about = { failing, kind: 'wrong variable', tried: { line: '  if (x < max) return max;', actual: '3' } };
    assert.equal(
      repairCompletion(broken, right, about, true),
      '<reasoning>3 is not 2\nline 2: if (x < min) return max;\nwrong variable?\ntry: if (x < max) return max;\ngives 3, no\n' +
        'change: if (x < min) return min;\n</reasoning><answer>2,2\n  if (x < min) return min;\n</answer>',
    );
  });

  it('what a completion answers makes the right text of the broken one, wherever lines came, went or changed', () => {
    const random = Random.seeded(5);
    for (let round = 0; round < 300; round++) {
      const lines = (n: number): string[] => Array.from({ length: n }, () => `line ${random.below(4)}`);
      const [a, at, out] = [lines(1 + random.below(6)), random.below(6), random.below(3)];
      const b = [...a.slice(0, at), ...lines(random.below(3)), ...a.slice(at + out)];
      if (b.length === 0 || a.join('\n') === b.join('\n')) continue;
      const [before, after] = [a.join('\n'), b.join('\n')];
      for (const reasons of [true, false]) {
        const answer = readAnswer(repairCompletion(before, after, { failing, kind: 'value' }, reasons));
        assert.ok(answer !== null && answer !== 'keep');
        assert.equal(applyChange(before, answer), after, JSON.stringify([before, after, answer]));
      }
      assert.ok(changeOf(before, after).from >= 1);
    }
  });

  it('answers that cannot be read, or lie beyond the text, change nothing', () => {
    for (const text of ['', '<answer>2,2\n  x', '<answer>two\nx\n</answer>', 'return min;']) assert.equal(readAnswer(text), null);
    assert.equal(readAnswer(keepCompletion(true)), 'keep');
    for (const [from, to] of [[0, 1], [3, 2], [4, 5]] as const) assert.equal(applyChange(broken, { from, to, text: '' }), null); // prettier-ignore
  });
});
