import assert from 'node:assert/strict';
import { changedFunctions } from '../../../../src/training/tasks/histories/author-changes';

const clamp = 'function clamp(x, low, high) {\n  if (x < low) return low;\n  return x > high ? high : x;\n}\n';
const pad = 'function pad(text, length) {\n  while (text.length < length) text = `${text} `;\n  return text;\n}\n';
const files = (text: string): Map<string, string> => new Map([['lib/a.js', text]]);

describe('changes that authors made in functions', () => {
  it('are small ones of a function that both versions have, by its name', () => {
    const before = clamp.replace('x < low', 'x <= low');
    const found = changedFunctions(files(`${before}\n${pad}`), files(`// moved\n${pad}\n${clamp}`));
    assert.deepEqual(found, [{ path: 'lib/a.js', before: before.trimEnd(), after: clamp.trimEnd() }]);
  });

  it('are none where only comments or blanks changed, much changed, a name is not the only one, or a file does not parse', () => {
    const none = (older: string, newer: string): void => {
      assert.deepEqual(changedFunctions(files(older), files(newer)), []);
    };
    none(clamp, clamp);
    none(clamp, clamp.replace('return low;', 'return low; // the least'));
    none(
      clamp,
      'function clamp(x, low, high) {\n  return Math.min(\n    Math.max(x, low), high === undefined ? Infinity : high);\n}\n',
    );
    const twice = clamp.replace('x < low', 'x <= low') + clamp;
    none(clamp, twice);
    none(`${clamp}(`, clamp.replace('x < low', 'x <= low'));
    assert.deepEqual(changedFunctions(new Map(), files(clamp)), []);
  });
});
