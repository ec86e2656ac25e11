/**
 * The project of one refactoring, in a thread of its own: to load and check a large project takes minutes of computing without a pause, and whoever types
 * meanwhile is served by the engine's own thread. TypeScript is plain JavaScript, so that a thread is enough, and ending it ends whatever it is at.
 */
import { Worker } from 'node:worker_threads';
import { runtimeFile } from '../../workspace';
import { filesOf, textsAfter, type RefactorHunk } from './change';
import {
  ProjectProblem,
  startId,
  type Opened,
  type Question,
  type Questions,
  type Reply,
  type Start,
} from './language/questions';

export interface ProjectThread {
  /** The project's folder. */
  readonly root: string;
  /** Puts a question. Rejects with the signal's reason when aborted, and with `ProjectProblem` where the project is too large for the memory. */
  ask<Name extends keyof Questions>(name: Name, ...asked: Parameters<Questions[Name]>): Promise<ReturnType<Questions[Name]>>;
  /** The texts that all began with; files that do not exist are left out. Each crosses once. */
  textsOf(files: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The texts that hunks leave of them. */
  textsAfter(hunks: readonly RefactorHunk[]): Promise<Map<string, string>>;
  /** Resolves when the thread is gone, whatever it was at. Whoever opens a thread ends it. */
  end(): Promise<void>;
}

/** Opens the project around a file. Throws `ProjectProblem` where it can't be looked at, and the signal's reason when aborted. */
export async function openThread(start: Start, signal: AbortSignal): Promise<ProjectThread> {
  signal.throwIfAborted();
  const line = startLine(start, signal);
  try {
    const { root } = (await line.reply(startId)) as Opened;
    return threadOf(root, line);
  } catch (error) {
    await line.end();
    throw error;
  }
}

function threadOf(root: string, line: Line): ProjectThread {
  const known = new Map<string, string>();
  const looked = new Set<string>();
  let questions = startId;
  const ask: ProjectThread['ask'] = async (name, ...asked) => {
    const id = ++questions;
    line.send({ id, name, asked });
    // The thread answers by the same table of questions.
    return (await line.reply(id)) as ReturnType<Questions[typeof name]>;
  };
  const textsOf = async (files: readonly string[]): Promise<ReadonlyMap<string, string>> => {
    const fresh = [...new Set(files)].filter((file) => !looked.has(file));
    if (fresh.length > 0) for (const [file, text] of await ask('texts', fresh)) known.set(file, text);
    for (const file of fresh) looked.add(file);
    return new Map(files.flatMap((file) => (known.has(file) ? [[file, known.get(file)!]] : [])));
  };
  return {
    root,
    ask,
    textsOf,
    textsAfter: async (hunks) => {
      const texts = await textsOf(filesOf(hunks));
      return textsAfter(hunks, (file) => texts.get(file) ?? '');
    },
    end: () => line.end(),
  };
}

/** A thread and what it still owes. */
interface Line {
  send(question: Question): void;
  reply(id: number): Promise<unknown>;
  end(): Promise<void>;
}

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (why: unknown) => void;
}

function startLine(start: Start, signal: AbortSignal): Line {
  // Without the engine's own flags: its loaders and inspectors are not the thread's.
  const worker = new Worker(runtimeFile('refactor-thread'), { workerData: start, execArgv: [] });
  const waiting = new Map<number, Waiting>();
  let over: { readonly why: Error } | undefined;
  const stop = (why: unknown): void => {
    over ??= { why: why as Error }; // a signal's reason may be anything, and is handed on as it is
    for (const { reject } of waiting.values()) reject(over.why);
    waiting.clear();
  };
  const onAbort = (): void => {
    stop(signal.reason);
    void worker.terminate();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  worker
    .on('message', (reply: Reply) => {
      const asker = waiting.get(reply.id);
      waiting.delete(reply.id);
      if ('answer' in reply) asker?.resolve(reply.answer);
      else asker?.reject('problem' in reply ? new ProjectProblem(reply.problem) : reply.failed);
    })
    .on('messageerror', stop)
    .on('error', (error) => {
      stop(
        isOutOfMemory(error)
          ? new ProjectProblem(`The project around ${start.file} takes more memory than there is for it.`)
          : error,
      );
    })
    .on('exit', (code) => {
      stop(new Error(`The thread of the language service has ended with code ${code}.`));
    });
  return {
    send: (question) => {
      if (!over) worker.postMessage(question);
    },
    reply: (id) =>
      new Promise((resolve, reject) => {
        if (over) reject(over.why);
        else waiting.set(id, { resolve, reject });
      }),
    end: async () => {
      signal.removeEventListener('abort', onAbort);
      stop(new Error('The thread of the language service was ended by its owner.'));
      await worker.terminate();
    },
  };
}

/** The limit of a thread's heap ends only the thread. */
function isOutOfMemory(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
}
