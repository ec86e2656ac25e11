import type { CancellationToken } from 'vscode-jsonrpc/node';
import { errorCodes } from '../protocol/errors';
import {
  initializeResult,
  logMessage,
  methods,
  PROTOCOL_VERSION,
  type InitializeParams,
  type InitializeResult,
} from '../protocol/messages';
import { pause } from './async';
import { endEngine } from './end-engine';
import { startEngineProcess, type EngineProcess } from './engine-process';
import { describeExit, EngineCrashed, EngineDisposed, EngineRequestError, EngineUnavailable } from './errors';
import type { EngineOptions, EngineState } from './options';
import { decideRestart, defaultRestartPolicy } from './restart-policy';
import { sendRequest } from './send';

export interface Ready {
  readonly engine: EngineProcess;
  readonly info: InitializeResult;
}

/**
 * Owns the engine process: starts it when it is needed, starts it again after a crash (with growing pauses, and not for
 * ever), replaces it when it grew too large and nobody uses it, and leaves nothing behind when disposed.
 */
export class EngineSupervisor {
  private starting: Promise<Ready> | undefined;
  private engine: EngineProcess | undefined;
  private currentState: EngineState = 'stopped';
  private crashTimes: readonly number[] = [];
  private lastCrash: EngineCrashed | undefined;
  /** Where the present engine computes; undefined while that is being found out. */
  private computesOn: 'cpu' | 'webgpu' | undefined;
  /** Why `auto` is not to mean the GPU any more. */
  private avoidGpu: string | undefined;
  private users = 0;
  private restartPending: string | undefined;
  private readonly ending = new AbortController();
  private retirement: Promise<void> = Promise.resolve();

  constructor(private readonly options: EngineOptions) {}

  get state(): EngineState {
    return this.currentState;
  }

  get pid(): number | undefined {
    return this.engine?.pid;
  }

  /** Sends one request, and keeps the engine from being replaced until it is answered. */
  async send(engine: EngineProcess, method: string, params: object, token?: CancellationToken): Promise<unknown> {
    this.users++;
    try {
      return await sendRequest(engine, method, params, token);
    } catch (error) {
      this.assertUsable(); // whatever went wrong: it did because we are ending
      throw error;
    } finally {
      this.users--;
      this.restartIfIdle();
    }
  }

  /** Ends the engine and forgets its crashes; the next request starts a fresh one. Requests under way fail. */
  async restart(): Promise<void> {
    this.assertUsable();
    this.crashTimes = [];
    this.lastCrash = undefined;
    this.avoidGpu = undefined;
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

  /** The engine, initialized; started first where there is none. Waits out the pauses after crashes. */
  async ready(): Promise<Ready> {
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
      const since = Date.now() - this.crashTimes.at(-1)!;
      await pause(Math.max(0, decision.delayMs - since), this.ending.signal);
    }
    this.assertUsable();
    this.setState('starting');
    this.computesOn = undefined;
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
      adapter: this.options.adapter,
      device: this.options.device,
      avoidGpu: this.avoidGpu,
      threads: this.options.threads,
      memoryLimitMb: this.options.memoryLimitMb,
      parentPid: process.pid,
    };
    const answer = await this.send(engine, methods.initialize, params);
    const spoken = (answer as { protocol?: unknown } | null)?.protocol;
    if (spoken !== PROTOCOL_VERSION) {
      throw new EngineRequestError(
        errorCodes.versionMismatch,
        `The engine speaks protocol ${String(spoken)} and this client ${PROTOCOL_VERSION}: they are of different builds. Reload the window, or reinstall Unmask.`,
      );
    }
    const info = initializeResult.parse(answer);
    this.computesOn = info.device.inUse;
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
    if (this.restartPending === undefined || this.users > 0) return;
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
    // A driver may take the process down with it. Whether it did cannot be known; looking for a GPU again would risk a crash each time.
    if ((this.options.device ?? 'auto') === 'auto' && this.computesOn !== 'cpu') {
      const moment = this.computesOn ? 'while it used the GPU' : 'while it looked for a GPU';
      this.avoidGpu = `the engine stopped unexpectedly ${moment} (${describeExit(crash.exitCode, crash.exitSignal)}); "Unmask: Restart Engine" tries again`;
    }
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
