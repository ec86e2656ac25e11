import { parse } from 'shell-quote';
import type { RunnerKind } from '../types';

/** A test command taken apart. `args` are the runner's own arguments; `nodeArgs` stand before them (`node --import tsx --test`). */
export interface TestCommand {
  readonly runner: RunnerKind;
  readonly args: readonly string[];
  readonly nodeArgs: readonly string[];
  /** Variables set in the command itself (`NODE_ENV=test mocha`). */
  readonly env: Readonly<Record<string, string>>;
}

/** Steps that only look at the code: leaving them out does not change what the tests say. */
const lookOnly =
  /^(eslint|prettier|xo|standard|tslint|biome|tsc .*--noEmit|tsc -p|npm run (lint|typecheck|format|check)|echo|true)\b/;
const wrappers = new Set(['npx', 'cross-env', 'c8', 'nyc', 'env', 'exec', '--no-install', '--no', '-y', '--']);
const assignment = /^([A-Za-z_]\w*)=(.*)$/s;

/** Splits a shell command at `&&`; null where it does more than run commands one after another. */
function steps(command: string): string[][] | null {
  const out: string[][] = [[]];
  for (const entry of parse(command, (name) => `$${name}`)) {
    if (typeof entry === 'string') out.at(-1)!.push(entry);
    else if ('op' in entry && entry.op === 'glob') out.at(-1)!.push(entry.pattern);
    else if ('op' in entry && entry.op === '&&') out.push([]);
    else return null;
  }
  return out;
}

/** Recognises `mocha …` and `node … --test …`, also behind npx, cross-env, c8 or nyc; anything else is a plain command. */
export function parseTestCommand(command: string): TestCommand {
  const plain: TestCommand = { runner: 'command', args: [], nodeArgs: [], env: {} };
  const all = steps(command);
  if (all === null) return plain;
  const telling = all.filter((words) => !lookOnly.test(words.join(' ')));
  if (telling.length !== 1) return plain;
  const env: Record<string, string> = {};
  let words = telling[0]!;
  while (words.length > 0) {
    const set = assignment.exec(words[0]!);
    if (set) env[set[1]!] = set[2]!;
    else if (!wrappers.has(words[0]!)) break;
    words = words.slice(1);
  }
  const [program, ...rest] = words;
  if (program === undefined) return plain;
  if (/(^|[\\/])_?mocha(\.c?js)?$/.test(program)) return { runner: 'mocha', args: rest, nodeArgs: [], env };
  if (!/(^|[\\/])node(\.exe)?$/.test(program)) return plain;
  const test = rest.indexOf('--test');
  if (test >= 0) return { runner: 'node:test', nodeArgs: rest.slice(0, test), args: rest.slice(test + 1), env };
  const mocha = rest.findIndex((word) => /(^|[\\/])_?mocha(\.c?js)?$/.test(word));
  if (mocha >= 0) return { runner: 'mocha', nodeArgs: rest.slice(0, mocha), args: rest.slice(mocha + 1), env };
  return plain;
}
