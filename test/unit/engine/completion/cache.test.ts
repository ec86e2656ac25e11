import assert from 'node:assert/strict';
import { CompletionCache } from '../../../../src/engine/completion/cache';

const result = { text: 'b + c', tokens: 3, meanLogp: -0.1, minConfidence: 0.8, steps: 2 };
const key = (prefix: string, suffix = ';', options = ''): { prefix: string; suffix: string; options: string } => ({
  prefix,
  suffix,
  options,
});

describe('completion: cache', () => {
  it('answers at the same place, and as the user types on', () => {
    const cache = new CompletionCache();
    cache.set(key('a = '), 'b + c', result);
    assert.equal(cache.get(key('a = '))?.text, 'b + c');
    assert.equal(cache.get(key('a = b +'))?.text, ' c');
    assert.equal(cache.get(key('a = b + c')), undefined, 'all of it is typed');
    assert.equal(cache.get(key('a = x')), undefined, 'something else was typed');
    assert.equal(cache.get(key('a = ', ')')), undefined, 'another suffix');
    assert.equal(cache.get(key('a = ', ';', 'other')), undefined, 'other options');
  });

  it('prefers the newest, and forgets the oldest', () => {
    const cache = new CompletionCache(2);
    cache.set(key('a'), 'bc', result);
    cache.set(key('ab'), 'd', result);
    assert.equal(cache.get(key('ab'))?.text, 'd');
    cache.set(key('z'), 'y', result);
    assert.equal(cache.get(key('a')), undefined);
  });
});
