/**
 * Runs inside a sandboxed process: loads a package's file, and tells what functions it offers or what expressions about it give, a line for each. Each expression is
 * announced first: whoever reads the lines knows which one the process did not come back from.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { literalOf } from '../repair/literal';
import type { Offered, ProbeJob, ProbeLine } from './probe';

const isName = /^[A-Za-z_$][\w$]*$/;
const [jobFile, resultsFile] = process.argv.slice(2) as [string, string];
const job = JSON.parse(readFileSync(jobFile, 'utf8')) as ProbeJob;
const write = (line: ProbeLine): void => {
  appendFileSync(resultsFile, `${JSON.stringify(line)}\n`);
};

async function main(): Promise<void> {
  const api: unknown = job.esm ? await import(pathToFileURL(job.main).href) : createRequire(job.main)(job.main);
  if (job.expressions === null) {
    for (const offered of offersOf(api)) write({ kind: 'offered', offered });
    return;
  }
  for (const [at, expression] of job.expressions) {
    write({ kind: 'begun', at });
    write({ kind: 'outcome', at, text: outcomeOf(api, expression) });
  }
}

/** The literal of what an expression gives; an error's name and message after `!`; null for what has no literal. */
function outcomeOf(api: unknown, expression: string): string | null {
  try {
    // What the package's own documentation says, or guesses about it: the sandbox around this process is the wall.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    return literalOf((new Function('api', `return (${expression});`) as (api: unknown) => unknown)(api));
  } catch (error) {
    return `!${error instanceof Error ? `${error.name}: ${error.message.slice(0, 80)}` : 'thrown'}`;
  }
}

function sourceOf(value: unknown): string {
  return Function.prototype.toString.call(value).slice(0, 8_000);
}

function methodsOf(constructor: object): Offered['methods'] {
  const prototype: unknown = (constructor as { prototype?: unknown }).prototype;
  if (typeof prototype !== 'object' || prototype === null) return [];
  return Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([name, { value }]) =>
    name !== 'constructor' && typeof value === 'function' && isName.test(name) ? [{ name, text: sourceOf(value) }] : [],
  );
}

/** Functions that the package offers, itself and one level down. */
function offersOf(api: unknown): Offered[] {
  const found = new Map<unknown, Offered>();
  const visit = (value: unknown, expression: string, depth: number): void => {
    if (found.has(value) || value === null || (typeof value !== 'object' && typeof value !== 'function')) return;
    if (typeof value === 'function') {
      found.set(value, { expression, text: sourceOf(value), methods: methodsOf(value) });
    }
    if (depth === 0) return;
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(value)))
      if (isName.test(name) && name !== 'prototype' && descriptor.get === undefined)
        visit(descriptor.value, `${expression}.${name}`, depth - 1);
  };
  visit(api, 'api', 2);
  return [...found.values()];
}

void main();
