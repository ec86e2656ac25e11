/** Arguments to call an unknown function with, as source text, guessed from its parameters' names and from what it does with them. */
import type { Random } from '../../random';
import type { StandaloneFunction } from './standalone';

const numbers = ['0', '1', '2', '3', '5', '7', '10', '-1', '-4', '0.5', '2.5', '100'];
const strings = ["''", "'a'", "'abc'", "'Hello World'", "'foo-bar_baz'", "'a,b,c'", "'  trim me '", "'42'", "'/path/to/file.js'", "'ABC'", "'x=1&y=2'", "'one two three'"]; // prettier-ignore
const arrays = [
  '[]',
  '[1]',
  '[1, 2, 3]',
  '[3, 1, 2]',
  '[5, 5, 1]',
  '[-1, 0, 4, 2]',
  "['a', 'b', 'c']",
  "['b', 'a', 'b']",
  '[[1, 2], [3, 4]]',
  '[0, 0.5, 1]',
];
const functions = ['x => x', 'x => x > 1', 'x => x * 2', '(a, b) => a + b', '(a, b) => a - b', '() => true'];
const objects = ['{}', '{ a: 1 }', '{ a: 1, b: 2 }', "{ name: 'x', value: 3 }", '{ a: { b: 1 } }'];
const oddities = ['null', 'undefined', 'true', 'false'];

type Kind = 'number' | 'string' | 'array' | 'function' | 'object' | 'boolean';

const byName: readonly (readonly [RegExp, Kind])[] = [
  [
    /^(?:str|string|s|text|txt|name|key|path|file|url|word|char|ch|c|prefix|suffix|sep|separator|line|source|src|html|css|pattern|needle|haystack|prop|selector|id|type|tag)$/i,
    'string',
  ],
  [
    /^(?:arr|array|list|items|values|nums|numbers|xs|ys|points|args|elements|data|vec|v[0-9]?|matrix|m|keys|indices|coords|collection|seq)$/i,
    'array',
  ],
  [
    /^(?:fn|f|func|cb|callback|iteratee|predicate|pred|compare|comparator|cmp|mapper|reducer|test|getter|iterator|transform)$/i,
    'function',
  ],
  [
    /^(?:obj|object|o|opts|options|config|map|target|point|p|rect|box|node|record|props|params|settings|state|size|range)$/i,
    'object',
  ],
  [/^(?:is[A-Z]\w*|has[A-Z]\w*|should\w*|flag|deep|strict|force|enable\w*|inclusive|reverse[d]?)$/, 'boolean'],
];
const pools: Readonly<Record<Kind, readonly string[]>> = { number: numbers, string: strings, array: arrays, function: functions, object: objects, boolean: ['true', 'false'] }; // prettier-ignore

/** What the body does with a parameter tells more than its name. */
function kindsOf(name: string | null, text: string): Kind[] {
  if (name === null) return ['object', 'array'];
  const escaped = name.replaceAll('$', '\\$');
  const uses = (pattern: string): boolean => new RegExp(`(?<![\\w$.])${escaped}${pattern}`).test(text);
  if (uses('\\(')) return ['function'];
  if (
    uses(
      '\\.(?:charAt|charCodeAt|codePointAt|toLowerCase|toUpperCase|split|trim|replace|replaceAll|substr|substring|match|startsWith|endsWith|padStart|localeCompare)\\b',
    )
  )
    return ['string'];
  if (uses('\\.(?:map|forEach|push|pop|shift|unshift|filter|reduce|some|every|sort|reverse|join|splice)\\b')) return ['array'];
  if (uses('\\.(?:length|slice|indexOf|includes|concat)\\b') || uses('\\[')) return ['array', 'string'];
  const guess = byName.find(([pattern]) => pattern.test(name))?.[1];
  if (uses('\\.[A-Za-z_$]')) return ['object'];
  return guess ? [guess] : ['number', 'number', 'string', 'array', 'object'];
}

/** An object with the properties that the body reads from the parameter. */
function objectFor(name: string, text: string, random: Random): string {
  const escaped = name.replaceAll('$', '\\$');
  const read = new Set(
    [...text.matchAll(new RegExp(`(?<![\\w$.])${escaped}\\.([A-Za-z_$][\\w$]*)(?!\\w*\\s*\\()`, 'g'))].map((m) => m[1]!),
  );
  if (read.size === 0) return pick(objects, random);
  return `{ ${[...read].map((key) => `${key}: ${random.uniform() < 0.8 ? pick(numbers, random) : pick(strings, random)}`).join(', ')} }`;
}

/** Lists of arguments, no two alike; fewer than asked for where the guesses have no more. */
export function drawArguments(f: StandaloneFunction, count: number, random: Random): string[] {
  const kinds = f.parameters.map((name) => kindsOf(name, f.text));
  const drawn = new Set<string>();
  for (let attempt = 0; drawn.size < count && attempt < 4 * count; attempt++) {
    // One kind for all numbers-or-strings parameters of a call: `min(a, b)` wants two alike.
    const leaning = random.uniform();
    const list = kinds.map((options, i) => {
      if (random.uniform() < 0.04) return pick(oddities, random);
      const kind = options[Math.floor(leaning * options.length)]!;
      const name = f.parameters[i];
      return kind === 'object' && name ? objectFor(name, f.text, random) : pick(pools[kind], random);
    });
    drawn.add(list.join(', '));
  }
  return [...drawn];
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[random.below(list.length)]!;
}
