/**
 * The project of one refactoring, in a thread: to load and check a large project takes minutes of computing without a pause, and whoever types meanwhile is
 * served by the engine's own thread.
 */
import { filesOf, textsAfter, type RefactorHunk } from './change';
import { IdleThread } from './idle';
import { ProjectProblem, type Opened, type Questions, type Start } from './language/questions';
import type { Line } from './line';

export interface ProjectThread {
  /** The project's folder. */
  readonly root: string;
  /** Puts a question. Rejects with the signal's reason when aborted, and with `ProjectProblem` where the project is too large for the memory. */
  ask<Name extends keyof Questions>(name: Name, ...asked: Parameters<Questions[Name]>): Promise<ReturnType<Questions[Name]>>;
  /** The texts that all began with; files that do not exist are left out. Each crosses once. */
  textsOf(files: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The texts that hunks leave of them. */
  textsAfter(hunks: readonly RefactorHunk[]): Promise<Map<string, string>>;
  /** Closes the project after work that went well: its thread may serve the next one. Whoever opens a project closes or ends it. */
  close(): Promise<void>;
  /** Resolves when the thread is gone, whatever it was at. */
  end(): Promise<void>;
}

/** Of this process. */
export const idleThread = new IdleThread();

/** Opens the project around a file. Throws `ProjectProblem` where it can't be looked at, and the signal's reason when aborted. */
export async function openThread(start: Start, signal: AbortSignal, idle = idleThread): Promise<ProjectThread> {
  signal.throwIfAborted();
  const line = await idle.take();
  const onAbort = (): void => void line.end(signal.reason);
  const give = (): Promise<void> => {
    signal.removeEventListener('abort', onAbort);
    return idle.give(line);
  };
  const end = (): Promise<void> => {
    signal.removeEventListener('abort', onAbort);
    return line.end();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted(); // it may have been while the thread was taken
    const { root } = (await line.ask({ open: start }).catch(explain(start))) as Opened;
    return threadOf(root, start, { line, give, end });
  } catch (error) {
    // A project that is too large to be looked at leaves nothing behind.
    await (error instanceof ProjectProblem ? give() : end());
    throw error;
  }
}

/** A thread as one project has it. */
interface Held {
  readonly line: Line;
  readonly give: () => Promise<void>;
  readonly end: () => Promise<void>;
}

function threadOf(root: string, start: Start, { line, give, end }: Held): ProjectThread {
  const known = new Map<string, string>();
  const looked = new Set<string>();
  let closed = false;
  const ask: ProjectThread['ask'] = async (name, ...asked) => {
    // By now the thread may look at another project.
    if (closed) throw new Error(`"${name}" was asked of a project that is closed.`);
    // The thread answers by the same table of questions.
    return (await line.ask({ name, asked }).catch(explain(start))) as ReturnType<Questions[typeof name]>;
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
    close: async () => {
      if (closed) return;
      closed = true;
      await give();
    },
    end: async () => {
      if (!closed) await end();
    },
  };
}

/** Throws what a thread ended with. The limit of its heap ends only the thread. */
function explain({ file }: Start): (error: unknown) => never {
  return (error) => {
    if ((error as NodeJS.ErrnoException | undefined)?.code !== 'ERR_WORKER_OUT_OF_MEMORY') throw error;
    throw new ProjectProblem(`The project around ${file} takes more memory than there is for it.`);
  };
}
