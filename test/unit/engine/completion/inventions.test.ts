import assert from 'node:assert/strict';
import { inventedName } from '../../../../src/engine/completion/inventions';

describe('names that a completion makes up', () => {
  const before = "const { open } = require('./door');\n\nfunction enter(house, key) {\n  ";
  const after = '\n}\n';
  const invented = (text: string, prefix = before, suffix = after, languageId = 'javascript'): string | undefined =>
    inventedName({ prefix, text, suffix, languageId });

  it('are those that nothing declares or mentions', () => {
    assert.equal(invented('return openDoor(house);'), 'openDoor');
    assert.equal(invented('Error(key);', `${before}throw new open`), 'openError');
    assert.equal(invented('ho', `${before}return `, `me;${after}`), 'home');
  });

  it('are not what is declared, by the completion too, nor what the environment has', () => {
    for (const text of [
      'return open(house, key);',
      'const door = open(house); return door;',
      'for (const [i, room] of house.entries()) open(room, i);',
      'return house.map((room) => ({ room, open: room.opened }));',
      'try { open(house); } catch (reason) { console.error(reason); }',
      'document.title = JSON.stringify(new Map(house));',
      'outer: for (;;) break outer;',
    ])
      assert.equal(invented(text), undefined, text);
  });

  it('are not members, nor words of comments and texts', () => {
    for (const text of ['return house.cellar.light();', "return 'nobody at home'; // for burglars", 'return `${key} fits`;'])
      assert.equal(invented(text), undefined, text);
  });

  it('are not asked for in what does not parse, in other languages, or in types that the language has', () => {
    assert.equal(invented('return (openDoor(house;'), undefined);
    assert.equal(invented('open_door(house)', 'def enter(house):\n  ', '\n', 'python'), undefined);
    assert.equal(invented('Partial<Record<string, HTMLElement>>', 'let rooms: ', ';\n', 'typescript'), undefined);
    assert.equal(invented('Hovse', 'interface House { door: number }\nlet house: ', ';\n', 'typescript'), 'Hovse');
  });
});
