import assert from 'node:assert/strict';
import { proposeMutations } from '../../../src/repair/propose/mutations';
import { applyEdits } from '../../../src/repair/source/edits';
import { loadTypescript, parseSource } from '../../../src/repair/source/parse';
import { readVocabulary } from '../../../src/repair/source/vocabulary';

const code = `class Stack {
  #items = [];
  push(item, limit) {
    if (this.#items.length > limit) return false;
    this.#items.push(item);
    this.changed(item);
    return true;
  }
  put(item) {
    return item;
  }
}
class Other {
  take(item) {
    return item;
  }
}
function far(list, limit) {
  log(list);
  list.sort((a, b) => a - b);
  return list;
}
function near(list) {
  const first = list[0];
  return first;
}
function none() {
  return 1;
}
`;

describe('transplants', () => {
  const ts = loadTypescript();
  const unit = parseSource(ts, 'a.js', code);
  const texts = (from: string): Set<string> => {
    const start = code.indexOf(from);
    const wanted = (a: number, b: number): boolean => a >= start && b <= code.indexOf('\n}', start);
    const found = proposeMutations({ unit, vocabulary: readVocabulary(unit, []), boosts: new Map(), wanted });
    return new Set(
      found.filter(({ operator }) => operator === 'statement.transplant').map(({ edits }) => applyEdits(code, edits)),
    );
  };
  const with_ = (at: string, statement: string): string => code.replace(at, `${statement}${at}`);

  it('put what a method of the same class does where all of its names are known', () => {
    const found = texts('put(item)');
    assert.ok(found.has(with_('return item;\n  }\n}\nclass Other', 'this.#items.push(item);\n    ')));
    assert.ok(found.has(with_('return item;\n  }\n}\nclass Other', 'this.changed(item);\n    ')));
    assert.ok(![...found].some((text) => text.split('> limit) return false').length > 2), 'there is no limit');
  });

  it('speak of no other class, and of no name that is not there', () => {
    assert.ok(![...texts('take(item)')].some((text) => text.split('this.changed').length > 2));
    const found = texts('function near');
    assert.ok(found.has(with_('\n  return first', '\n  log(list);')));
    assert.ok(found.has(with_('const first', 'list.sort((a, b) => a - b);\n  ')), 'names that it declares itself go with it');
    assert.deepEqual([...texts('function none')], []);
  });

  it('leave code that parses', () => {
    for (const text of [...texts('put(item)'), ...texts('function near'), ...texts('function far')]) {
      const { file } = parseSource(ts, 'a.js', text) as { file: { parseDiagnostics?: unknown[] } };
      assert.deepEqual(file.parseDiagnostics, []);
    }
  });
});
