import { CancellationTokenSource, ProgressType } from 'vscode-jsonrpc/node';
import type * as z from 'zod';
import {
  editOffersResult,
  editResult,
  type EditOffersResult,
  type EditParams,
  type EditResult,
  type EditTarget,
} from '../protocol/edit';
import {
  benchEngineResult,
  completeResult,
  fixResult,
  health,
  methods,
  nextEditResult,
  progress,
  type BenchEngineParams,
  type BenchEngineResult,
  type CompleteParams,
  type CompleteResult,
  type FixParams,
  type FixResult,
  type Health,
  type InitializeResult,
  type NextEditParams,
  type NextEditResult,
  type Progress,
} from '../protocol/messages';
import {
  refactorOffersResult,
  refactorResult,
  type RefactorOffersResult,
  type RefactorParams,
  type RefactorResult,
  type RefactorTarget,
} from '../protocol/refactor';
import { abortable } from './async';
import type { EngineOptions, EngineState } from './options';
import { EngineSupervisor } from './supervisor';

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

const progressType = new ProgressType<unknown>();

/**
 * The engine as its users see it: requests in, values or typed errors out. The process behind it starts with the first
 * request and survives its own crashes; `dispose` ends it.
 */
export class EngineClient {
  private readonly supervisor: EngineSupervisor;
  private tokens = 0;

  constructor(options: EngineOptions = {}) {
    this.supervisor = new EngineSupervisor(options);
  }

  get state(): EngineState {
    return this.supervisor.state;
  }

  /** Process id of the running engine. */
  get pid(): number | undefined {
    return this.supervisor.pid;
  }

  /** Starts the engine now instead of with the first request; tells the model and the device in use. */
  async start(signal?: AbortSignal): Promise<InitializeResult> {
    return (await abortable(this.supervisor.ready(), signal)).info;
  }

  async health(signal?: AbortSignal): Promise<Health> {
    return this.request(methods.health, {}, health, { signal });
  }

  async complete(params: CompleteParams, options: RequestOptions = {}): Promise<CompleteResult> {
    return this.request(methods.complete, params, completeResult, options);
  }

  async nextEdit(params: NextEditParams, options: RequestOptions = {}): Promise<NextEditResult> {
    return this.request(methods.nextEdit, params, nextEditResult, options);
  }

  async fix(params: FixParams, options: RequestOptions = {}): Promise<FixResult> {
    return this.request(methods.fix, params, fixResult, options);
  }

  /** Edits a region of a text by an instruction; denoising steps come as progress. Nothing is written. */
  async edit(params: EditParams, options: RequestOptions = {}): Promise<EditResult> {
    return this.request(methods.edit, params, editResult, options);
  }

  async editOffers(params: EditTarget, options: RequestOptions = {}): Promise<EditOffersResult> {
    return this.request(methods.editOffers, params, editOffersResult, options);
  }

  /** Refactors one or more files by an instruction, checked by types and tests. Nothing is written. */
  async refactor(params: RefactorParams, options: RequestOptions = {}): Promise<RefactorResult> {
    return this.request(methods.refactor, params, refactorResult, options);
  }

  async refactorOffers(params: RefactorTarget, options: RequestOptions = {}): Promise<RefactorOffersResult> {
    return this.request(methods.refactorOffers, params, refactorOffersResult, options);
  }

  async benchEngine(params: BenchEngineParams = {}, options: RequestOptions = {}): Promise<BenchEngineResult> {
    return this.request(methods.benchEngine, params, benchEngineResult, options);
  }

  /** Ends the engine and forgets its crashes; the next request starts a fresh one. Requests under way fail. */
  restart(): Promise<void> {
    return this.supervisor.restart();
  }

  /** Orderly end: requests are cancelled, the engine is asked to go, then made to. Safe to call twice. */
  dispose(): Promise<void> {
    return this.supervisor.dispose();
  }

  private async request<S extends z.ZodType>(
    method: string,
    params: object,
    result: S,
    options: RequestOptions,
  ): Promise<z.infer<S>> {
    options.signal?.throwIfAborted();
    const { engine } = await abortable(this.supervisor.ready(), options.signal);
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
    const answer = this.supervisor.send(engine, method, { ...params, progressToken }, cancellation.token).finally(() => {
      options.signal?.removeEventListener('abort', onAbort);
      listener?.dispose();
      cancellation.dispose();
    });
    return result.parse(await abortable(answer, options.signal));
  }
}
