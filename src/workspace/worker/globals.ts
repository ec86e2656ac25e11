import assert from 'node:assert';
import childProcess from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import util from 'node:util';

/** Puts back what a candidate or its tests changed for the whole process. */
export interface GlobalState {
  /** Undoes changes since the snapshot; timers still pending are cleared. */
  restore(): void;
}

/** What an object had; values apart from accessors, since comparing values is many times cheaper than reading descriptors. */
interface Remembered {
  readonly object: Record<PropertyKey, unknown>;
  readonly all: ReadonlyMap<PropertyKey, PropertyDescriptor>;
  readonly values: readonly (readonly [PropertyKey, unknown])[];
  readonly accessors: readonly (readonly [PropertyKey, PropertyDescriptor])[];
}

/** Objects that all code of a process shares and that tests or careless code are known to change. */
function sharedObjects(): object[] {
  const constructors = [
    Object, Array, Function, String, Number, Boolean, Symbol, BigInt, Promise, RegExp, Date, Error, TypeError, RangeError, Map, Set, WeakMap,
    WeakSet, ArrayBuffer, Uint8Array, URL, EventTarget,
  ]; // prettier-ignore
  const prototypes = constructors.map((constructor) => constructor.prototype as object);
  const plain = [
    globalThis,
    Math,
    JSON,
    Reflect,
    console,
    process,
    process.stdout,
    process.stderr,
    fs,
    fs.promises,
    path,
    http,
    childProcess,
    util,
    assert,
  ];
  const iterators = [Object.getPrototypeOf([][Symbol.iterator]()), Object.getPrototypeOf(Uint8Array.prototype)] as object[];
  return [...constructors, ...prototypes, ...plain, ...iterators];
}

/** Own enumerable data that changes by itself and must not be put back. */
const restless = new Set<PropertyKey>([
  'exitCode',
  'title',
  '_events',
  '_eventsCount',
  '_maxListeners',
  '_needDrain',
  '_exiting',
  'domain',
]);

function remember(object: object): Remembered {
  const all = new Map<PropertyKey, PropertyDescriptor>();
  for (const key of Reflect.ownKeys(object)) if (!restless.has(key)) all.set(key, Reflect.getOwnPropertyDescriptor(object, key)!);
  const entries = [...all].filter(([, old]) => old.configurable === true || old.writable === true);
  return {
    object: object as Record<PropertyKey, unknown>,
    all,
    values: entries.filter(([, old]) => 'value' in old).map(([key, old]) => [key, old.value as unknown] as const),
    accessors: entries.filter(([, old]) => !('value' in old)),
  };
}

function restoreObject({ object, all, values, accessors }: Remembered): void {
  const keys = Reflect.ownKeys(object);
  for (const key of keys) if (!all.has(key) && !restless.has(key)) Reflect.deleteProperty(object, key);
  for (const [key, value] of values) if (!Object.is(object[key], value)) Reflect.defineProperty(object, key, all.get(key)!);
  for (const [key, old] of accessors) {
    const present = Reflect.getOwnPropertyDescriptor(object, key);
    if (present?.get !== old.get || present?.set !== old.set) Reflect.defineProperty(object, key, old);
  }
}

interface Handle {
  readonly clear: () => void;
}

/** Replaces the timer functions by ones that remember what they started. */
function trackTimers(): { clearAll: () => void } {
  let pending: Handle[] = [];
  const wrap = <F extends (...args: never[]) => unknown>(start: F, clear: (handle: never) => void): F => {
    const wrapped = (...args: Parameters<F>): unknown => {
      const handle = start(...args);
      pending.push({ clear: () => { clear(handle as never); } }); // prettier-ignore
      return handle;
    };
    return Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(start)) as unknown as F;
  };
  globalThis.setTimeout = wrap(setTimeout, clearTimeout);
  globalThis.setInterval = wrap(setInterval, clearInterval);
  globalThis.setImmediate = wrap(setImmediate, clearImmediate);
  return {
    clearAll: () => {
      for (const handle of pending) handle.clear();
      pending = [];
    },
  };
}

const processEvents = [
  'exit',
  'beforeExit',
  'uncaughtException',
  'unhandledRejection',
  'warning',
  'SIGINT',
  'SIGTERM',
  'message',
  'rejectionHandled',
];

/** Remembers the state of the process. Call after everything of our own is loaded and in place. */
export function snapshotGlobals(): GlobalState {
  const timers = trackTimers();
  const objects = sharedObjects().map(remember);
  const env = { ...process.env };
  const cwd = process.cwd();
  const listeners = new Map(processEvents.map((event) => [event, process.rawListeners(event)]));
  return {
    restore() {
      timers.clearAll();
      for (const object of objects) restoreObject(object);
      for (const key of Object.keys(process.env)) if (!(key in env)) Reflect.deleteProperty(process.env, key);
      for (const [key, value] of Object.entries(env)) if (process.env[key] !== value) process.env[key] = value;
      if (process.cwd() !== cwd) process.chdir(cwd);
      for (const [event, before] of listeners) {
        for (const listener of process.rawListeners(event)) {
          if (!before.includes(listener)) process.removeListener(event, listener as () => void);
        }
        for (const listener of before)
          if (!process.rawListeners(event).includes(listener)) process.on(event, listener as () => void);
      }
      process.exitCode = undefined;
    },
  };
}
