/** Expressions that say something about a package: what its documentation shows, the same with other values, and guessed calls of what it offers. */
import type ts from 'typescript';
import { loadTypescript, parseSource, syntaxErrors, type SourceUnit } from '../../../edits/source';
import { applyEdits, type Edit } from '../../../edits/text';
import type { Random } from '../../random';
import { drawArguments } from '../repair/arguments';
import { freeNames, pureGlobals } from '../repair/standalone';
import type { Entry } from './package-files';
import type { Offered } from './probe';

const longest = 160;
/** Expressions of the documentation, variants of each; functions, guesses for each and for each method, and calls of them in all. */
const most = { shown: 150, variants: 5, functions: 60, guesses: 25, ofMethods: 12, calls: 1000 } as const;

export interface About {
  readonly name: string;
  readonly entry: Pick<Entry, 'esm'>;
  readonly readme: string;
  readonly offered: readonly Offered[];
  /** Code around the changes: the values in it are worth trying. */
  readonly changed: string;
}

/** Expressions in which the package is `api`, no two alike. */
export function expressionsAbout(about: About, random: Random): string[] {
  const shown = pickSome(shownIn(about), most.shown, random);
  const values = literalsIn([...shown, about.changed].join('\n;'));
  const found = new Set(shown);
  for (const expression of shown) for (let i = 0; i < most.variants; i++) found.add(withOtherValues(expression, values, random));
  const calls = pickSome(about.offered, most.functions, random).flatMap(({ expression, text, methods }) => [
    ...guessedLists(text, most.guesses, random).map((list) => `${expression}(${list})`),
    ...methods.flatMap((method) => {
      const makers = guessedLists(text, most.ofMethods, random);
      const lists = guessedLists(method.text, most.ofMethods, random);
      return makers.map((list, i) => `new ${expression}(${list}).${method.name}(${lists[i % Math.max(1, lists.length)] ?? ''})`);
    }),
  ]);
  for (const call of pickSome(calls, most.calls, random)) found.add(call).add(withOtherValues(call, values, random));
  return [...found].filter((text) => text.length <= longest);
}

/** Calls in the documentation's code, their names read as the package's. */
function shownIn({ name, entry, readme, offered }: About): string[] {
  const api = loadTypescript();
  const whole = entry.esm ? 'api.default' : 'api';
  const names = new Map<string, string>([[camelCased(name), whole]]);
  for (const { expression } of offered) {
    const last = expression.slice(expression.lastIndexOf('.') + 1);
    if (expression !== 'api' && last !== 'default' && !names.has(last)) names.set(last, expression);
  }
  const blocks = [...readme.matchAll(/^```(?:js|javascript|ts|typescript|jsx|node)?[ \t]*\r?\n([\s\S]*?)^```/gm)].map(
    (m) => m[1]!,
  );
  const found = new Set<string>();
  for (const block of blocks) {
    const unit = parseSource(api, 'readme.js', block);
    const local = new Map(names);
    for (const alias of importedAs(unit, name)) local.set(alias, whole);
    const visit = (node: ts.Node): void => {
      if (api.isCallExpression(node) || (api.isPropertyAccessExpression(node) && api.isCallExpression(node.expression))) {
        const text = asApi(node.getText(unit.file), local);
        if (text !== null) {
          found.add(text);
          return;
        }
      }
      api.forEachChild(node, visit);
    };
    visit(unit.file);
  }
  return [...found];
}

/** Names that a text gives to the whole package: by `require`, or by a default or namespace import. */
function importedAs({ text }: SourceUnit, name: string): string[] {
  const quotedName = `['"]${name.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')}['"]`;
  const patterns = [
    `(?:const|let|var)\\s+([A-Za-z_$][\\w$]*)\\s*=\\s*require\\(\\s*${quotedName}`,
    `import\\s+(?:\\*\\s+as\\s+)?([A-Za-z_$][\\w$]*)[^'"]*from\\s*${quotedName}`,
  ];
  return patterns.flatMap((pattern) => [...text.matchAll(new RegExp(pattern, 'g'))].map((m) => m[1]!));
}

/** The expression with the package's names written as `api`; null where it speaks of others, or of none of them. */
function asApi(expression: string, names: ReadonlyMap<string, string>): string | null {
  const api = loadTypescript();
  if (expression.length > longest || /\b(?:require|import)\s*\(/.test(expression)) return null;
  const unit = parseSource(api, 'expression.js', `(${expression});`);
  if (syntaxErrors(unit).length > 0) return null;
  const free = freeNames(unit);
  const own = free.filter((name) => names.has(name));
  if (own.length === 0 || free.some((name) => !names.has(name) && !pureGlobals.has(name))) return null;
  const places: Edit[] = [];
  const visit = (node: ts.Node): void => {
    if (api.isIdentifier(node) && own.includes(node.text)) {
      const { parent } = node;
      const isName = (api.isPropertyAccessExpression(parent) && parent.name === node) || (api.isPropertyAssignment(parent) && parent.name === node); // prettier-ignore
      if (!isName) places.push({ start: node.getStart(unit.file), end: node.end, text: names.get(node.text)! });
    }
    api.forEachChild(node, visit);
  };
  visit(unit.file);
  return applyEdits(unit.text, places).slice(1, -2);
}

interface Values {
  readonly strings: readonly string[];
  readonly numbers: readonly string[];
}

function literalsIn(text: string): Values {
  const api = loadTypescript();
  const [strings, numbers] = [new Set<string>(), new Set<string>(['0', '1', '-1', '2'])];
  const unit = parseSource(api, 'values.js', text);
  const visit = (node: ts.Node): void => {
    if (api.isStringLiteral(node) && node.text.length <= 60) strings.add(JSON.stringify(node.text));
    // What a pattern is about mostly stands in it.
    if (api.isRegularExpressionLiteral(node))
      for (const word of node.text.match(/(?<!\\)[A-Za-z]{2,}/g) ?? []) strings.add(JSON.stringify(word));
    if (api.isNumericLiteral(node)) for (const n of [Number(node.text), Number(node.text) + 1, Number(node.text) - 1]) numbers.add(String(n)); // prettier-ignore
    api.forEachChild(node, visit);
  };
  visit(unit.file);
  return { strings: [...strings], numbers: [...numbers] };
}

/** The expression with one or more of its values replaced by others of their kind. */
function withOtherValues(expression: string, { strings, numbers }: Values, random: Random): string {
  const api = loadTypescript();
  const unit = parseSource(api, 'expression.js', `(${expression});`);
  const places: Edit[] = [];
  const visit = (node: ts.Node): void => {
    const pool = api.isStringLiteral(node) ? strings : api.isNumericLiteral(node) && !api.isPrefixUnaryExpression(node.parent) ? numbers : []; // prettier-ignore
    if (pool.length > 0 && random.uniform() < 0.6)
      places.push({ start: node.getStart(unit.file), end: node.end, text: pool[random.below(pool.length)]! });
    api.forEachChild(node, visit);
  };
  visit(unit.file);
  return applyEdits(unit.text, places).slice(1, -2);
}

/** Lists of arguments for a function of this source; none for what takes none, or is no JavaScript. */
function guessedLists(text: string, count: number, random: Random): string[] {
  const parameters = parametersOf(text);
  if (!parameters || parameters.length === 0) return [];
  // Half of them without a look at what the body does: it may read properties of what it makes of its argument.
  const half = Math.ceil(count / 2);
  return [text, ''].flatMap((body) => drawArguments({ name: 'f', parameters, text: body }, half, random));
}

/** Names of a function's parameters, from its source; of a class's, of its constructor. Null for what is no JavaScript. */
function parametersOf(text: string): (string | null)[] | null {
  const api = loadTypescript();
  if (text.includes('[native code]')) return null;
  // A class that was cut short still tells its constructor.
  const constructed = /^class\b[\s\S]*?\b(constructor\s*\([^)]*\))/.exec(text)?.[1];
  if (/^class\b/.test(text)) return constructed === undefined ? null : parametersOf(`${constructed} {}`);
  // A method's source is an expression only behind a name.
  for (const source of [`(${text});`, `({ ${text} });`]) {
    const unit = parseSource(api, 'function.js', source);
    if (syntaxErrors(unit).length > 0) continue;
    let found: (string | null)[] | null = null;
    const visit = (node: ts.Node): void => {
      if (found) return;
      if (api.isFunctionLike(node)) found = node.parameters.map((p) => (api.isIdentifier(p.name) ? p.name.text : null));
      else api.forEachChild(node, visit);
    };
    visit(unit.file);
    return found;
  }
  return null;
}

function camelCased(name: string): string {
  return name.replace(/^@[^/]+\//, '').replaceAll(/[^A-Za-z0-9$]+([A-Za-z0-9$])?/g, (_, next: string | undefined) => (next ?? '').toUpperCase()); // prettier-ignore
}

function pickSome<T>(list: readonly T[], count: number, random: Random): T[] {
  const left = [...list];
  const out: T[] = [];
  while (out.length < count && left.length > 0) out.push(...left.splice(random.below(left.length), 1));
  return out;
}
