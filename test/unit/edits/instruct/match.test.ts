import assert from 'node:assert/strict';
import fc from 'fast-check';
import { editKinds } from '../../../../src/edits';
import { matchKinds, nearKinds } from '../../../../src/edits/instruct/match';

const names = new Set(['total', 'count', 'items', 'user', 'index', 'limit', 'a', 'b', 'opts', 'parse', '86400', "'draft'"]);
const isName = (word: string): boolean => names.has(word);
const kindsOf = (text: string): string[] => matchKinds(text, editKinds, isName).map(({ kind }) => kind.name);
const fill: Readonly<Record<string, string>> = {
  from: 'total', to: 'amount', name: 'count', literal: '86400', array: 'items', object: 'user', properties: 'count', keyword: 'const',
}; // prettier-ignore
const filled = (wording: string): string => wording.replace(/\{(\w+)\}/g, (_, key: string) => fill[key]!);

/** What people write who have not read the wordings. */
const ownWords: Readonly<Record<string, readonly string[]>> = {
  rename: [
    'rename total to sum',
    'rename total to sum, please',
    'please rename the variable "total" into sum',
    'total should be called sum',
    'call total sum',
    "change total's name to sum",
    'total -> sum',
  ],
  'extract-constant': [
    'extract the number 86400 into a constant named SECONDS',
    'pull 86400 out into a constant',
    'extract 86400 to a const',
  ],
  'inline-variable': ['inline count', 'inline the count variable', 'please inline the variable count'],
  'add-jsdoc': ['add jsdoc', 'document parse', 'write a doc comment for parse', 'add documentation comments'],
  'add-return-type': ['add return types', 'annotate return types', 'add the missing return type to parse'],
  'then-to-await': ['use async/await', 'convert to async await', 'use await instead of promise chaining', 'replace then with await'],
  'foreach-to-for-of': ['replace for each with a for of loop', 'use for-of rather than forEach', 'convert forEach to for...of'],
  'loop-to-map': ['use map', 'replace this loop with map', 'convert the loop into a map call'],
  'spread-call': ['replace apply with spread', 'use spread syntax rather than apply'],
  'spread-array': ['use spread instead of concat', 'replace concat with array spread'],
  'spread-object': ['replace Object.assign with spread', 'use object spread', 'object spread instead of Object.assign'],
  includes: ['use includes', 'replace indexOf with includes', 'use includes rather than indexOf'],
  'starts-with': ['use starts with', 'replace by startsWith'],
  'object-shorthand': ['use shorthand properties', 'object property shorthand', 'use shorthand for object properties'],
  'early-return': ['return early', 'use early returns', 'use guard clauses', 'reduce the nesting'],
  'no-else-return': ['remove else after return', 'drop the else after the return', 'no unnecessary else'],
  'if-to-ternary': ['use a ternary', 'convert the if to a ternary', 'replace if with a conditional expression'],
  'simplify-boolean': ['simplify the boolean', 'remove redundant booleans', 'simplify boolean expressions'],
  'add-braces': ['add curly braces', 'add missing braces', 'put curly brackets around loop bodies'],
  'invert-if': ['invert the if', 'invert the condition and swap the branches', 'swap if and else'],
  'var-to-const-let': ['no var', 'replace var with const', 'convert var to let/const', 'stop using var', 'use let and const rather than var'],
  'let-to-const': ['use const', 'change let to const', 'make count const', 'use const instead of let'],
  'split-declarations': ['one declaration per line', 'split declarations', 'separate the declarations'],
  destructure: ['use destructuring', 'destructure user', 'use object destructuring'],
  'function-to-arrow': ['use arrow functions', 'convert to arrow functions', 'turn function expressions into arrow functions', 'use lambdas'],
  'concise-arrow': ['shorten the arrow functions', 'use concise arrow functions', 'remove braces from arrow functions'],
  'arrow-to-block': ['use block bodies in arrow functions', 'add braces to the arrow functions'],
  'default-parameter': ['use default parameters', 'use a default value for limit', 'use default arguments'],
  'loop-to-for-of': ['use for of', 'convert the for loop to for-of', 'replace the index loop with for...of', 'loop with for of'],
  'literal-on-the-right': ['no yoda conditions', 'remove yoda conditions', 'avoid yoda comparisons'],
  'optional-catch-binding': ['remove the unused catch variable', 'use optional catch binding', 'drop the catch parameter'],
  'object-has-own': ['use Object.hasOwn', 'replace hasOwnProperty with Object.hasOwn'],
  'dot-notation': ['use dot notation', 'replace brackets with dots', 'dots instead of brackets'],
  'template-literal': [
    'use template strings',
    'template literals please',
    'convert string concatenation to template literals',
    'use string interpolation',
    'use backticks instead of concatenation',
  ],
  'optional-chaining': ['use optional chaining', 'use ?.', 'replace && by optional chaining'],
  'nullish-coalescing': ['use ??', 'use nullish coalescing', 'use the nullish coalescing operator'],
  'strict-equality': ['use ===', 'use triple equals', 'replace == with ===', 'strict equality', 'strict comparison, please', '=== instead of =='],
  'compound-assignment': ['use compound assignment', 'use +=', 'use shorthand assignments'],
  'power-operator': ['use **', 'replace Math.pow with **', 'use the exponent operator'],
}; // prettier-ignore

describe('instructions', () => {
  it('in the wordings of a kind mean that kind', () => {
    for (const kind of editKinds)
      for (const wording of kind.wordings) assert.equal(kindsOf(filled(wording))[0], kind.name, filled(wording));
  });

  it('in other words of the same meaning do, too', () => {
    assert.deepEqual(
      Object.keys(ownWords).sort(),
      editKinds.map(({ name }) => name),
    );
    const wrong = Object.entries(ownWords).flatMap(([kind, texts]) =>
      texts.filter((text) => !kindsOf(text).includes(kind)).map((text) => `${kind}: "${text}" means ${kindsOf(text).join(', ') || 'nothing'}`),
    ); // prettier-ignore
    assert.deepEqual(wrong, []);
  });

  it('that mean something else mean no kind', () => {
    const others = [
      'make it faster', 'add error handling', 'fix the bug', 'sort the list by name', 'use a class', 'add logging', 'cache the result', 'write a test',
      'use TypeScript', 'handle null', 'make this recursive', 'translate the comments to German', 'validate the input', 'use a Map instead of an object',
      'use a switch statement', 'add a parameter for the limit', 'remove the parameter limit', 'return an empty array', 'throw when the user is missing',
      'remove this function', 'delete the loop', 'use lodash', 'add a semicolon', 'sum the totals', 'count only the active users',
      'do something clever', 'reverse the loop', 'why?', 'x', '!!!', '',
    ]; // prettier-ignore
    const wrong = others.filter((text) => kindsOf(text).length > 0).map((text) => `"${text}" means ${kindsOf(text).join(', ')}`);
    assert.deepEqual(wrong, []);
  });

  it('that come near to a kind lead to it, those that are about something else, or its opposite, to none', () => {
    const near = (text: string): string[] => nearKinds(text, editKinds, isName).map(({ name }) => name);
    for (const [text, kind] of [
      ['get rid of the string concatenation', 'template-literal'],
      ['nobody declares variables like that today', 'let-to-const'],
      ['handle null', 'nullish-coalescing'],
      ['objects repeat themselves', 'object-shorthand'],
    ] as const) {
      assert.deepEqual(kindsOf(text), [], text);
      assert.ok(near(text).includes(kind), `${text}: ${near(text).join(', ')}`);
    }
    const far = ['make it faster', 'add logging', 'write a test', 'fix the bug', 'why?', 'x', '', 'avoid template literals', "don't use arrow functions"]; // prettier-ignore
    assert.deepEqual(far.filter((text) => near(text).length > 0), []); // prettier-ignore
  });

  it('that ask for the opposite of a kind do not mean it', () => {
    const opposites: readonly (readonly [string, string])[] = [
      ['use forEach instead of for...of', 'foreach-to-for-of'],
      ['replace const by var', 'var-to-const-let'],
      ['use concat instead of spread', 'spread-array'],
      ['avoid template literals', 'template-literal'],
      ["don't use arrow functions", 'function-to-arrow'],
      ['no ternaries', 'if-to-ternary'],
      ['use == instead of ===', 'strict-equality'],
      ['replace await by then', 'then-to-await'],
      ['use var instead of const and let', 'var-to-const-let'],
      ['remove the optional chaining', 'optional-chaining'],
    ];
    const wrong = opposites.filter(([text, kind]) => kindsOf(text).includes(kind));
    assert.deepEqual(wrong, []);
  });

  it('lose no meaning by capitals, blanks, a missing full stop or a word of courtesy', () => {
    const wording = fc.constantFrom(...editKinds.flatMap((k) => k.wordings.filter((w) => !w.includes('{')).map((w) => [k.name, w] as const))); // prettier-ignore
    const change = fc.constantFrom<(s: string) => string>(
      (s) => s.replace(/\.$/, ''),
      (s) => s.replaceAll(' ', '  '),
      (s) => `please ${s[0]!.toLowerCase()}${s.slice(1)}`,
      (s) => s.toUpperCase(),
    );
    fc.assert(
      fc.property(wording, change, ([kind, text], how) => {
        assert.ok(kindsOf(how(text)).includes(kind), how(text));
      }),
    );
  });

  it('carry the names that they mention', () => {
    const [rename] = matchKinds('please rename the variable `total` into sum', editKinds, isName);
    assert.deepEqual(rename!.names, { from: 'total', to: 'sum' });
    assert.deepEqual(matchKinds('rename total to sum, please!', editKinds, isName)[0]!.names, { from: 'total', to: 'sum' });
    const [taken] = matchKinds('Take a, b out of user by destructuring', editKinds, isName);
    assert.deepEqual(taken!.names, { properties: 'a, b', object: 'user' });
    const [extract] = matchKinds('Extract 86400 into a constant named SECONDS.', editKinds, isName);
    assert.deepEqual(extract!.names, { literal: '86400', name: 'SECONDS' });
    const [documented] = matchKinds('write a doc comment for parse', editKinds, isName);
    assert.deepEqual(documented!.mentioned, ['parse']);
    assert.deepEqual(kindsOf('rename whatever there is into something nicer'), []);
  });
});
