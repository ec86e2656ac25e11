import { inspect } from 'node:util';

/** The tree of suites and tests that a file of node:test style declares. */
export interface TestOptions {
  readonly skip?: boolean | string;
  readonly todo?: boolean | string;
  readonly timeout?: number;
}

export type Callback = (...args: unknown[]) => unknown;

export interface Entry {
  readonly kind: 'suite' | 'test';
  readonly name: string;
  readonly path: readonly string[];
  readonly options: TestOptions;
  readonly body: Callback | undefined;
  readonly parent: Entry | null;
  readonly hooks: {
    readonly before: Callback[];
    readonly after: Callback[];
    readonly beforeEach: Callback[];
    readonly afterEach: Callback[];
  };
  readonly children: Entry[];
  /** Suites: resolves when the body that declares the children has run. */
  collected: Promise<unknown> | undefined;
  /** Subtests: resolves when it has run. */
  running: Promise<void> | undefined;
  failed: boolean;
  finish: () => void;
}

export function createEntry(
  kind: Entry['kind'],
  name: string,
  options: TestOptions,
  body: Callback | undefined,
  parent: Entry | null,
): Entry {
  return {
    kind,
    name,
    path: parent === null ? [] : [...parent.path, name],
    options,
    body,
    parent,
    hooks: { before: [], after: [], beforeEach: [], afterEach: [] },
    children: [],
    collected: undefined,
    running: undefined,
    failed: false,
    finish: () => undefined,
  };
}

/** `(name?, options?, fn?)` in any of the forms that node:test accepts. */
export function parseArguments(args: readonly unknown[]): { name: string; options: TestOptions; body: Callback | undefined } {
  const body = args.find((arg): arg is Callback => typeof arg === 'function');
  const options = (args.find((arg) => typeof arg === 'object' && arg !== null) ?? {}) as TestOptions;
  const named = typeof args[0] === 'string' ? args[0] : (body?.name ?? '');
  const name = named === '' ? '<anonymous>' : named;
  return { name, options, body };
}

/** `skip` and `todo` are on for true and for any reason given. */
export function isSet(option: boolean | string | undefined): boolean {
  return option !== undefined && option !== false;
}

/** Entries from the outermost down to this one. */
export function lineage(entry: Entry): Entry[] {
  const out: Entry[] = [];
  for (let at: Entry | null = entry; at !== null; at = at.parent) out.unshift(at);
  return out;
}

/** Calls a test or hook: with a callback if it takes one more parameter than `given`, else awaiting what it returns. */
export function invoke(body: Callback, given: readonly unknown[], call: <T>(run: () => T) => T): Promise<unknown> {
  if (body.length <= given.length) {
    return new Promise((resolve) => {
      resolve(call(() => body(...given)));
    });
  }
  return new Promise((resolve, reject) => {
    const callback = (error?: unknown): void => {
      if (error === undefined || error === null) resolve(undefined);
      else reject(error instanceof Error ? error : new Error(`the callback got ${inspect(error)}`));
    };
    call(() => body(...given, callback));
  });
}
