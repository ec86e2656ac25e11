import assert from 'node:assert/strict';
import { intentOf } from '../../../src/editor/agents/chat/intent';

describe('what a chat message asks for', () => {
  const edit = (instruction: string): object => ({ kind: 'edit', instruction });

  it('is what its slash command says, whatever the words', () => {
    assert.deepEqual(intentOf('fix', 'use const'), { kind: 'fix' });
    assert.deepEqual(intentOf('edit', 'fix the failing test'), edit('fix the failing test'));
    assert.deepEqual(intentOf('edit', ''), edit(''), 'an empty instruction means: improve');
  });

  it('without one: a fix where failing tests are meant, else an edit', () => {
    for (const said of [
      'fix this',
      'Please repair the cart',
      'why does this test fail?',
      'make the broken specs pass',
      'debug it',
    ])
      assert.deepEqual(intentOf(undefined, said), { kind: 'fix' }, said);
    for (const said of [
      'use template literals',
      'rename total to sum',
      'add a prefix',
      'convert to async',
      'rename fixture to data',
    ])
      assert.deepEqual(intentOf(undefined, said), edit(said), said);
  });

  it('is help where nothing is asked', () => {
    for (const said of ['', '  ', 'help', 'Hello!', '#file:cart.js'])
      assert.deepEqual(intentOf(undefined, said), { kind: 'help' }, said);
  });

  it('says where by references, which are no part of an instruction', () => {
    assert.deepEqual(intentOf('edit', '#file:src/cart.js use  const #selection'), edit('use const'));
    assert.deepEqual(intentOf(undefined, 'make the field #count private'), edit('make the field private'));
  });
});
