import { CancellationTokenSource, ProgressType, ResponseError } from 'vscode-jsonrpc/node';
import type { z } from 'zod';
import { errorCodes } from '../protocol/errors';
import {
  benchEngineResult,
  completeResult,
  fixResult,
  health,
  initializeResult,
  logMessage,
  methods,
  progress,
  PROTOCOL_VERSION,
  type BenchEngineParams,
  type BenchEngineResult,
  type CompleteParams,
  type CompleteResult,
  type DeviceChoice,
  type FixParams,
  type FixResult,
  type Health,
  type InitializeParams,
  type InitializeResult,
  type LogMessage,
  type Progress,
} from '../protocol/messages';
import { startEngineProcess, type EngineProcess } from './engine-process';
import { EngineCrashed, EngineDisposed, EngineRequestError, EngineUnavailable } from './errors';
import { decideRestart, defaultRestartPolicy, type RestartPolicy } from './restart-policy';

export interface EngineOptions {
  /** Node (or Electron) that runs the engine; absent: the one that runs this code. */
  readonly nodePath?: string | undefined;
  /** The engine's bundle; absent: found beside this code. */
  readonly enginePath?: string | undefined;
  /** Absolute model folder, `none`, or `random:SEED`; absent: the embedded model. */
  readonly model?: string | undefined;
  readonly device?: DeviceChoice | undefined;
  readonly threads?: number | undefined;
  readonly memoryLimitMb?: number | undefined;
  /** Added to this process's environment; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly restart?: RestartPolicy | undefined;
  readonly log?: ((entry: LogMessage) => void) | undefined;
  readonly onStateChange?: ((state: EngineState) => void) | undefined;
}

/**
 * `stopped`: not started yet, or ended on purpose; the next request starts it. `waiting`: crashed, and starts again after a
 * pause. `failed`: crashed too often; only `restart()` helps.
 */
export type EngineState = 'stopped' | 'starting' | 'ready' | 'waiting' | 'failed' | 'disposed';

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

interface Ready {
  readonly engine: EngineProcess;
  readonly info: InitializeResult;
}

const shutdownGraceMs = 5_000;
const killGraceMs = 1_000;
const progressType = new ProgressType<unknown>();

/**
 * Owns the engine process: starts it with the first request, starts it again after a crash (with growing pauses, and not
 * for ever), turns its answers into values and typed errors, and leaves nothing behind when disposed.
 */
export class EngineClient {
  private starting: Promise<Ready> | undefined;
  private engine: EngineProcess | undefined;
  private currentState: EngineState = 'stopped';
  private crashTimes: number[] = [];
  private lastCrash: EngineCrashed | undefined;
  private inFlight = 0;
  private restartPending: string | undefined;
  private tokens = 0;
  private readonly ending = new AbortController();
  private retirement: Promise<void> = Promise.resolve();

  constructor(private readonly options: EngineOptions = {}) {}

  get state(): EngineState {
    return this.currentState;
  }

  /** Process id of the running engine. */
  get pid(): number | undefined {
    return this.engine?.pid;
  }

  /** Starts the engine now instead of with the first request; tells the model and the device in use. */
  async start(signal?: AbortSignal): Promise<InitializeResult> {
    return (await abortable(this.ready(), signal)).info;
  }

  async health(signal?: AbortSignal): Promise<Health> {
    return this.request(methods.health, {}, health, { signal });
  }

  async complete(params: CompleteParams, options: RequestOptions = {}): Promise<CompleteResult> {
    return this.request(methods.complete, params, completeResult, options);
  }

  async fix(params: FixParams, options: RequestOptions = {}): Promise<FixResult> {
    return this.request(methods.fix, params, fixResult, options);
  }

  async benchEngine(params: BenchEngineParams = {}, options: RequestOptions = {}): Promise<BenchEngineResult> {
    return this.request(methods.benchEngine, params, benchEngineResult, options);
  }

  /** Ends the engine and forgets its crashes; the next request starts a fresh one. Requests under way fail. */
  async restart(): Promise<void> {
    this.assertUsable();
    this.crashTimes = [];
    this.lastCrash = undefined;
    await this.retire();
    this.setState('stopped');
  }

  /** Orderly end: requests are cancelled, the engine is asked to go, then made to. Safe to call twice. */
  async dispose(): Promise<void> {
    if (!this.ending.signal.aborted) {
      this.ending.abort(new EngineDisposed());
      this.setState('disposed');
    }
    await this.retire();
  }

  private async request<S extends z.ZodType>(
    method: string,
    params: object,
    result: S,
    options: RequestOptions,
  ): Promise<z.infer<S>> {
    options.signal?.throwIfAborted();
    const { engine } = await abortable(this.ready(), options.signal);
    options.signal?.throwIfAborted();
    const cancellation = new CancellationTokenSource();
    const onAbort = (): void => {
      cancellation.cancel();
    };
    options.signal?.addEventListener('abort', onAbort, { once: true });
    const { onProgress } = options;
    const progressToken = onProgress ? `progress-${String(++this.tokens)}` : undefined;
    const listener =
      progressToken === undefined
        ? undefined
        : engine.connection.onProgress(progressType, progressToken, (value) => {
            const parsed = progress.safeParse(value);
            if (parsed.success && options.signal?.aborted !== true) onProgress!(parsed.data);
          });
    this.inFlight++;
    const answer = this.send(engine, method, { ...params, progressToken }, cancellation).finally(() => {
      options.signal?.removeEventListener('abort', onAbort);
      listener?.dispose();
      cancellation.dispose();
      this.inFlight--;
      this.restartIfIdle();
    });
    return result.parse(await abortable(answer, options.signal));
  }

  /** One request to one engine: rejects with a typed error if it answers with one or dies instead. */
  private async send(
    engine: EngineProcess,
    method: string,
    params: object,
    cancellation: CancellationTokenSource,
  ): Promise<unknown> {
    const died = engine.exited.then((exit): never => {
      if (this.ending.signal.aborted) throw new EngineDisposed();
      throw new EngineCrashed(exit.code, exit.signal, exit.stderrTail);
    });
    const answered = engine.connection.sendRequest(method, params, cancellation.token).catch(async (error: unknown) => {
      if (error instanceof ResponseError && isAnswer(error.code)) {
        this.assertUsable();
        throw new EngineRequestError(error.code, error.message, error.data);
      }
      return died; // the connection broke: the exit says why
    });
    return Promise.race([answered, died]);
  }

  private async ready(): Promise<Ready> {
    for (;;) {
      this.assertUsable();
      this.starting ??= this.launch();
      const attempt = this.starting;
      try {
        return await attempt;
      } catch (error) {
        if (this.starting === attempt) this.starting = undefined;
        // Only a crash is worth another try, after the pause that `launch` makes; what the engine answered stays true.
        if (!(error instanceof EngineCrashed)) throw error;
      }
    }
  }

  private async launch(): Promise<Ready> {
    await this.retirement;
    const decision = decideRestart(this.options.restart ?? defaultRestartPolicy, this.crashTimes, Date.now());
    if (!decision.restart) {
      this.setState('failed');
      throw new EngineUnavailable(
        `The Unmask engine crashed ${decision.crashes} times in a row and is not started again. ` +
          `${this.lastCrash?.message ?? ''} Run "Unmask: Restart Engine" to try again, or choose another model or device.`,
      );
    }
    if (this.crashTimes.length > 0) {
      this.setState('waiting');
      await pause(decision.delayMs, this.ending.signal);
    }
    this.assertUsable();
    this.setState('starting');
    const engine = startEngineProcess({
      nodePath: this.options.nodePath,
      enginePath: this.options.enginePath,
      env: this.options.env,
      onStderr: (line) => this.options.log?.({ level: 'debug', message: line }),
    });
    this.engine = engine;
    void engine.exited.then((exit) => {
      this.onExit(engine, new EngineCrashed(exit.code, exit.signal, exit.stderrTail));
    });
    this.listen(engine);
    try {
      return { engine, info: await this.initialize(engine) };
    } catch (error) {
      // It runs but refused (wrong build, unusable model): no use keeping it.
      if (!(error instanceof EngineCrashed)) await this.retire();
      if (!this.ending.signal.aborted && !(error instanceof EngineCrashed)) this.setState('stopped');
      throw error;
    }
  }

  private async initialize(engine: EngineProcess): Promise<InitializeResult> {
    const params: InitializeParams = {
      protocol: PROTOCOL_VERSION,
      model: this.options.model,
      device: this.options.device,
      threads: this.options.threads,
      memoryLimitMb: this.options.memoryLimitMb,
      parentPid: process.pid,
    };
    const answer = await this.send(engine, methods.initialize, params, new CancellationTokenSource());
    const spoken = (answer as { protocol?: unknown } | null)?.protocol;
    if (spoken !== PROTOCOL_VERSION) {
      throw new EngineRequestError(
        errorCodes.versionMismatch,
        `The engine speaks protocol ${String(spoken)} and this client ${PROTOCOL_VERSION}: they are of different builds. Reload the window, or reinstall Unmask.`,
      );
    }
    const info = initializeResult.parse(answer);
    this.setState('ready');
    return info;
  }

  private listen(engine: EngineProcess): void {
    engine.connection.onNotification(methods.log, (value: unknown) => {
      const parsed = logMessage.safeParse(value);
      if (parsed.success) this.options.log?.(parsed.data);
    });
    engine.connection.onNotification(methods.restartWanted, (value: unknown) => {
      if (engine !== this.engine) return;
      this.restartPending = (value as { reason?: string } | null)?.reason ?? 'it asked for it';
      this.restartIfIdle();
    });
    engine.connection.onError(([error]) =>
      this.options.log?.({ level: 'error', message: `Engine connection: ${error.message}` }),
    );
    engine.connection.listen();
  }

  /** An engine that grew too large is replaced between requests: the next one starts a fresh process. */
  private restartIfIdle(): void {
    if (this.restartPending === undefined || this.inFlight > 0) return;
    this.options.log?.({ level: 'info', message: `Restarting the engine: ${this.restartPending}.` });
    this.restartPending = undefined;
    void this.retire().then(() => {
      if (!this.ending.signal.aborted && this.starting === undefined) this.setState('stopped');
    });
  }

  private onExit(engine: EngineProcess, crash: EngineCrashed): void {
    if (engine !== this.engine) return; // ended on purpose
    this.engine = undefined;
    this.starting = undefined;
    this.restartPending = undefined;
    this.lastCrash = crash;
    this.crashTimes = [...this.crashTimes.slice(-31), Date.now()];
    this.options.log?.({ level: 'error', message: crash.message });
    this.setState('waiting');
    // Start again without waiting for a request, so that the next one finds it ready. Failures show there, too.
    void this.ready().catch(() => undefined);
  }

  /** Takes the present engine out of use and ends it: asked first, then made to. */
  private retire(): Promise<void> {
    const engine = this.engine;
    this.engine = undefined;
    this.starting = undefined;
    this.restartPending = undefined;
    if (engine) this.retirement = this.retirement.then(() => endEngine(engine));
    return this.retirement;
  }

  private assertUsable(): void {
    if (this.ending.signal.aborted) throw new EngineDisposed();
  }

  private setState(state: EngineState): void {
    if (this.currentState === state || (this.currentState === 'disposed' && state !== 'disposed')) return;
    this.currentState = state;
    this.options.onStateChange?.(state);
  }
}

async function endEngine(engine: EngineProcess): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => (timer = setTimeout(resolve, shutdownGraceMs, 'late')));
  engine.connection.sendRequest(methods.shutdown, {}).catch(() => undefined);
  const how = await Promise.race([engine.exited, late]);
  clearTimeout(timer);
  if (how === 'late') await engine.kill(killGraceMs);
}

/** Codes that come from the engine itself, not from our end of the broken pipe. */
function isAnswer(code: number): boolean {
  return Object.values(errorCodes).some((known) => known === code);
}

/** `promise`, or the signal's reason as soon as it aborts. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    signal.addEventListener('abort', finish, { once: true });
  });
}
