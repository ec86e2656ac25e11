import assert from 'node:assert/strict';
import fc from 'fast-check';
import { globMatcher } from '../../../../src/editor/completion/glob';

const cases: readonly [glob: string, matches: readonly string[], not: readonly string[]][] = [
  ['**/node_modules/**', ['node_modules/a/b.js', 'x/node_modules/a.js'], ['src/node_modules.js', 'my_node_modules/a.js']],
  ['*.min.js', ['a.min.js', 'x/y/a.min.js'], ['amin.js', 'a.min.jsx']],
  ['**/*.min.*', ['a.min.js', 'x/a.min.css'], ['a.js']],
  ['src/*.ts', ['src/a.ts'], ['src/x/a.ts', 'lib/src/a.ts']],
  ['src/**/*.ts', ['src/a.ts', 'src/x/y/a.ts'], ['lib/a.ts']],
  ['/secret', ['secret', 'secret/key.js'], ['secrets.js', 'x/secret']],
  ['generated/', ['x/generated/a.js', 'generated/a.js'], ['generated.js']],
  ['./lib/**', ['lib/a/b.js'], ['x/lib/a.js']],
  ['**/{a,b*}.js', ['a.js', 'x/bcd.js'], ['c.js', 'ab.js']],
  ['**/{x,y/{a,b}}/*.js', ['x/1.js', 'y/b/1.js'], ['y/1.js']],
  ['file?.js', ['file1.js'], ['file.js', 'file10.js']],
  ['[a-c].js', ['b.js'], ['d.js', '-.js']],
  ['[!a].js', ['b.js'], ['a.js']],
  ['a+b(1).js', ['a+b(1).js'], ['aab1.js']],
  ['größe/*.js', ['größe/ä.js'], []],
  ['{a', ['{a'], ['a']],
];

describe('globs', () => {
  for (const [glob, matches, not] of cases)
    it(glob, () => {
      const matcher = globMatcher([glob]);
      for (const path of matches) assert(matcher(path), `${path} is matched`);
      for (const path of not) assert(!matcher(path), `${path} is not matched`);
    });

  it('match nothing where there are none, and any of several', () => {
    assert(!globMatcher([])('a.js'));
    assert(!globMatcher(['', ' '])('a.js'));
    assert(globMatcher(['b.js', 'a.js'])('x/a.js'));
  });

  it('never throw, whatever stands in the settings, and match a plain name as itself', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (glob, path) => {
        globMatcher([glob])(path);
      }),
    );
    const name = fc.stringMatching(/^[a-z][a-z0-9.+()$^-]{0,12}$/);
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (parts) => {
        assert(globMatcher([parts.join('/')])(parts.join('/')));
      }),
    );
  });
});
