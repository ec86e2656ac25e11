import * as z from 'zod';
import type { CancellationToken, MessageConnection } from 'vscode-jsonrpc/node';
import type { CodeModel } from '../diffusion/code-model';
import { editParams, editTarget } from '../protocol/edit';
import { refactorParams, refactorTarget } from '../protocol/refactor';
import { errorCodes } from '../protocol/errors';
import {
  benchEngineParams,
  completeParams,
  fixParams,
  initializeParams,
  methods,
  nextEditParams,
  progressToken,
  PROTOCOL_VERSION,
  type DeviceReport,
  type Health,
  type InitializeResult,
} from '../protocol/messages';
import { watchParent } from '../protocol/process-tree';
import { CompletionService } from './completion/service';
import { loadModel, type LoadedModel } from './model-host';
import { recording, type RecordingOptions } from './recording';
import { handler, notify, refusal, Requests, type Handler } from './requests';
import { RunScheduler } from './scheduler';
import { memoryWatch, residentMb } from './watch';
import { version } from './version';

const shutdownGraceMs = 3_000;
const idleMemoryCheckMs = 5_000;
const lastWriteMs = 500;

interface Loaded extends LoadedModel {
  readonly completions: CompletionService;
  readonly checkMemory: () => void;
  readonly stopWatching: () => void;
}

export interface ServerOptions {
  /** Called when the engine has cleaned up and may leave. */
  readonly exit: () => void;
}

/** The engine's answers: what each request does, in which order heavy ones run, and how all of it ends. */
export class EngineServer {
  private readonly scheduler = new RunScheduler({ rests: true });
  /** Searches and benchmarks use every core already: one after the other. */
  private readonly heavy = new RunScheduler();
  private readonly requests = new Requests();
  private loading: Promise<Loaded> | undefined;
  private loaded: Loaded | undefined;
  private ending: Promise<void> | undefined;
  private readonly handlers: ReadonlyMap<string, Handler>;

  constructor(
    private readonly connection: MessageConnection,
    private readonly options: ServerOptions,
  ) {
    this.handlers = this.createHandlers();
    connection.onRequest((method: string, params: unknown, token: CancellationToken) => this.answer(method, params, token));
  }

  /** Cancels what is under way, frees the model, and leaves. Safe to call twice. */
  end(reason: string): Promise<void> {
    this.ending ??= this.cleanUp(reason);
    return this.ending;
  }

  private async answer(method: string, params: unknown, token: CancellationToken): Promise<unknown> {
    const found = this.handlers.get(method);
    if (!found) throw refusal(errorCodes.methodNotFound, `The engine has no method "${method}".`);
    if (method === methods.shutdown || method === methods.health) {
      return found.answer(params, { signal: new AbortController().signal, onProgress: () => undefined });
    }
    if (this.ending) throw refusal(errorCodes.shuttingDown, 'The engine is ending.');
    const asked = progressToken.safeParse((params as { progressToken?: unknown } | null)?.progressToken);
    const onProgress = (value: unknown): void => {
      if (asked.data !== undefined) void notify(this.connection, '$/progress', { token: asked.data, value });
    };
    try {
      return await this.requests.run(token, (signal) => found.answer(params, { signal, onProgress }));
    } finally {
      // After the answer, so that the client sees the request end before it is told to restart us.
      setImmediate(() => this.loaded?.checkMemory());
    }
  }

  private createHandlers(): ReadonlyMap<string, Handler> {
    const heavily = <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => this.heavy.run('interactive', signal, work);
    return new Map<string, Handler>([
      [methods.initialize, { answer: (params, { signal }) => this.initialize(params, signal) }],
      [methods.health, handler(methods.health, z.object({}), () => Promise.resolve(this.health()))],
      [
        methods.complete,
        handler(methods.complete, completeParams, (params, { signal }) => this.ready().completions.complete(params, signal)),
      ],
      [
        methods.nextEdit,
        handler(methods.nextEdit, nextEditParams, async (params, { signal }) => {
          const { model } = this.ready();
          const { nextEdits } = await import('./next-edit/service');
          return nextEdits(params, model, signal);
        }),
      ],
      [
        methods.fix,
        handler(methods.fix, fixParams, (params, { signal, onProgress }) => {
          const loaded = this.ready().model;
          const model = loaded && params.record ? recording(loaded, shown(onProgress)) : loaded;
          return heavily(signal, async () => {
            const { reasonAndFix } = await import('../repair/reason-and-fix');
            return reasonAndFix(params, { model, signal, onProgress });
          });
        }),
      ],
      [
        methods.edit,
        handler(methods.edit, editParams, async (params, { signal, onProgress }) => {
          const { model } = this.ready();
          const { edit } = await import('./edit/service');
          return edit(params, { model, signal, onProgress });
        }),
      ],
      [
        methods.editOffers,
        handler(methods.editOffers, editTarget, async (params, { signal }) => {
          this.ready();
          const { editOffers } = await import('./edit/service');
          return editOffers(params, signal);
        }),
      ],
      [
        methods.refactor,
        handler(methods.refactor, refactorParams, (params, { signal, onProgress }) => {
          const { model } = this.ready();
          return heavily(signal, async () => {
            const { refactor } = await import('./refactor/service');
            return refactor(params, { model, signal, onProgress });
          });
        }),
      ],
      [
        methods.refactorOffers,
        handler(methods.refactorOffers, refactorTarget, async (params, { signal }) => {
          const { model } = this.ready();
          const { refactorOffers } = await import('./refactor/service');
          return refactorOffers(params, model !== null, signal);
        }),
      ],
      [
        methods.benchEngine,
        handler(methods.benchEngine, benchEngineParams, (params, { signal, onProgress }) => {
          this.ready();
          return heavily(signal, async () => {
            const { benchEngine } = await import('../bench/engine');
            return benchEngine(params, { signal, onProgress });
          });
        }),
      ],
      [
        methods.shutdown,
        handler(methods.shutdown, z.object({}), async () => {
          await this.end('asked by the client');
          return null;
        }),
      ],
    ]);
  }

  private async initialize(raw: unknown, signal: AbortSignal): Promise<InitializeResult> {
    // Before anything else: the parameters of another version may look different.
    const theirs = (raw as { protocol?: unknown } | null)?.protocol;
    if (typeof theirs === 'number' && theirs !== PROTOCOL_VERSION) {
      throw refusal(
        errorCodes.versionMismatch,
        `This engine speaks protocol ${PROTOCOL_VERSION} and the client ${theirs}: they are of different builds. Reload the window, or reinstall Unmask.`,
      );
    }
    return handler(methods.initialize, initializeParams, async (params) => {
      if (this.loading) throw refusal(errorCodes.invalidRequest, 'The engine is initialized already.');
      this.loading = this.load(params, signal);
      try {
        this.loaded = await this.loading;
      } catch (error) {
        this.loading = undefined; // another model may be tried
        throw error;
      }
      return {
        protocol: PROTOCOL_VERSION,
        version: version(),
        model: describe(this.loaded.model),
        device: this.loaded.device,
        readyMs: performance.now(), // since this process began
      };
    }).answer(raw, { signal, onProgress: () => undefined }) as Promise<InitializeResult>;
  }

  private async load(params: z.output<typeof initializeParams>, signal: AbortSignal): Promise<Loaded> {
    const stopWatching = watchParent(params.parentPid, () => void this.end('the client is gone'));
    try {
      const model = await loadModel(params, this.scheduler, signal);
      const checkMemory = memoryWatch(params.memoryLimitMb, ({ rssMb, limitMb }) => {
        const reason = `the engine uses ${Math.round(rssMb)} MB, over the limit of ${limitMb} MB`;
        void notify(this.connection, methods.restartWanted, { reason, rssMb });
      });
      const timer = setInterval(() => {
        if (this.requests.count === 0) checkMemory();
      }, idleMemoryCheckMs);
      timer.unref();
      return {
        model: model.model,
        device: model.device,
        dispose: () => model.dispose(),
        completions: new CompletionService(model.model, model.device.inUse),
        checkMemory,
        stopWatching: () => {
          stopWatching();
          clearInterval(timer);
        },
      };
    } catch (error) {
      stopWatching();
      throw error;
    }
  }

  private ready(): Loaded {
    if (this.loaded) return this.loaded;
    throw refusal(errorCodes.notInitialized, `Send "${methods.initialize}" and wait for its answer first.`);
  }

  private health(): Health {
    const unknown: DeviceReport = { inUse: 'cpu', asked: 'auto', description: 'not initialized yet' };
    return {
      pid: process.pid,
      uptimeSeconds: process.uptime(),
      rssMb: residentMb(),
      device: this.loaded?.device ?? unknown,
      state: this.loaded ? (this.requests.count > 0 ? 'busy' : 'idle') : 'starting',
      queued: this.scheduler.queued + this.heavy.queued,
    };
  }

  private async cleanUp(reason: string): Promise<void> {
    console.error(`[engine] ends: ${reason}`);
    await this.requests.abortAll(shutdownGraceMs);
    this.loaded?.stopWatching();
    await this.loaded?.dispose();
    setImmediate(() => {
      // Written after the answer to `shutdown`, so its completion means that the answer is out; unless nobody reads any more.
      setTimeout(this.options.exit, lastWriteMs);
      void notify(this.connection, methods.log, { level: 'info', message: `Engine ends: ${reason}.` }).then(this.options.exit);
    });
  }
}

/** A search makes infills faster than they can be watched: some of them are shown. */
function shown(onProgress: (value: unknown) => void): RecordingOptions {
  return {
    pauseMs: 500,
    onRecord: (record) => {
      onProgress({ message: '', record });
    },
  };
}

function describe(model: CodeModel | null): InitializeResult['model'] {
  if (!model) return null;
  const { id, parameters, maxSequence, capabilities } = model.info;
  return { id, parameters, maxSequence, capabilities: [...capabilities] };
}
