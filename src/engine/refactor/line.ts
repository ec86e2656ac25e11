/** A thread of the language service, and what it still owes. TypeScript is plain JavaScript, so that a thread is enough, and ending it ends whatever it is at. */
import { Worker } from 'node:worker_threads';
import { runtimeFile } from '../../workspace';
import { ProjectProblem, type Asked, type Reply } from './language/questions';

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (why: unknown) => void;
}

export class Line {
  // Without the engine's own flags: its loaders and inspectors are not the thread's.
  private readonly worker = new Worker(runtimeFile('refactor-thread'), { execArgv: [] });
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;
  private failed = false;
  private over: { readonly why: Error } | undefined;

  constructor() {
    this.worker
      .on('message', (reply: Reply) => {
        this.hear(reply);
      })
      .on('messageerror', (error) => {
        this.stop(error);
      })
      .on('error', (error) => {
        this.stop(error);
      })
      .on('exit', (code) => {
        this.stop(new Error(`The thread of the language service has ended with code ${code}.`));
      });
  }

  /** False once anything has failed there, and while it owes an answer: nobody knows what such a thread would do for another project. */
  get sound(): boolean {
    return !this.over && !this.failed && this.waiting.size === 0;
  }

  /** Rejects with `ProjectProblem` where the project can't be looked at, with what failed, and, once the thread has ended, with why. */
  ask(asked: Asked): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.over) {
        reject(this.over.why);
        return;
      }
      const id = ++this.last;
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, ...asked });
    });
  }

  /** Whether the process stays for it. */
  hold(held: boolean): void {
    if (held) this.worker.ref();
    else this.worker.unref();
  }

  /** Resolves when the thread is gone, whatever it was at; what is still asked is rejected at once. */
  async end(why: unknown = new Error('The thread of the language service was ended by its owner.')): Promise<void> {
    this.stop(why);
    await this.worker.terminate();
  }

  private hear(reply: Reply): void {
    const asker = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if ('answer' in reply) asker?.resolve(reply.answer);
    else if ('problem' in reply) asker?.reject(new ProjectProblem(reply.problem));
    else {
      this.failed = true;
      asker?.reject(reply.failed);
    }
  }

  private stop(why: unknown): void {
    this.over ??= { why: why as Error }; // a signal's reason may be anything, and is handed on as it is
    for (const { reject } of this.waiting.values()) reject(this.over.why);
    this.waiting.clear();
  }
}
