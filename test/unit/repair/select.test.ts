import { strict as assert } from 'node:assert';
import { gainTerm } from '../../../src/repair/search/pool';
import { confidenceOf, rankPlausible, type Plausible } from '../../../src/repair/search/select';
import { loadTypescript, parseSource } from '../../../src/repair/source/parse';
import { readVocabulary } from '../../../src/repair/source/vocabulary';
import type { Candidate } from '../../../src/repair/types';

const text = 'function place(at, high) {\n  return clamp(at, high, 1);\n}\n';
const unit = parseSource(loadTypescript(), '/project/place.js', text);
const call = text.indexOf('clamp(at, high, 1)');

function passing(replacement: string, more: Partial<Candidate> = {}): Plausible {
  const end = call + 'clamp(at, high, 1)'.length;
  const candidate: Candidate = {
    id: 0,
    edits: [{ start: call, end, text: replacement }],
    operator: 'call.swapArguments',
    delta: 0,
    source: 'mutation',
    start: call,
    end,
    suspicion: 1,
    base: -1,
    priority: -1,
    generation: 0,
    ...more,
  };
  return { candidate, text: text.slice(0, call) + replacement + text.slice(end) };
}

describe('choice among candidates that pass', () => {
  const rank = (...found: Plausible[]): string[] =>
    rankPlausible(found, unit, readVocabulary(unit, [])).map((r) => r.candidate.edits[0]!.text);

  it('prefers a plain change to one patched together from a failed attempt, though evidence raised that one', () => {
    const plain = 'clamp(at, 1, high)';
    const patched = passing('(at > 0 ? clamp(1, high, at) : clamp(at, high, 1))', {
      generation: 1,
      operator: 'refine.condition',
      base: 0,
    });
    assert.equal(rank(patched, passing(plain))[0], plain);
  });

  it('prefers one condition to two', () => {
    const one = passing('(at > 0 ? clamp(1, high, at) : clamp(at, high, 1))', { generation: 1, operator: 'refine.condition' });
    const two = passing('(at > 0 ? (high > 0 ? clamp(1, high, at) : clamp(at, high, 1)) : clamp(at, high, 1))', {
      generation: 2,
      operator: 'refine.condition',
    });
    assert.equal(rank(two, one)[0], one.candidate.edits[0]!.text);
  });

  it('hears the model about what mutation proposed, and only its doubts about its own proposals', () => {
    assert.ok(gainTerm({ source: 'mutation', modelGain: 4 }) > 0);
    assert.equal(gainTerm({ source: 'model', modelGain: 4 }), 0);
    assert.equal(gainTerm({ source: 'model', modelGain: -4 }), gainTerm({ source: 'mutation', modelGain: -4 }));
    assert.equal(gainTerm({ source: 'mutation' }), 0);
  });

  it('is surer the fewer others pass, and never certain', () => {
    const ranked = (n: number) => rankPlausible(Array.from({ length: n }, (_, id) => passing(`clamp(at, ${id}, high)`, { id })), unit, readVocabulary(unit, [])); // prettier-ignore
    const [alone, among] = [confidenceOf(ranked(1), 20), confidenceOf(ranked(4), 20)];
    assert.ok(alone > among && alone < 1 && among > 0, `${alone}, ${among}`);
    assert.equal(confidenceOf([], 20), 0);
  });
});
