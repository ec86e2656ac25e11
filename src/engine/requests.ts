import {
  ResponseError,
  type CancellationToken,
  type Message,
  type MessageConnection,
  type MessageWriter,
} from 'vscode-jsonrpc/node';
import * as z from 'zod';
import { errorCodes } from '../protocol/errors';
import { ModelUnusable } from './model-host';

export interface RequestContext {
  readonly signal: AbortSignal;
  /** Sends `$/progress` where the request carries a token; otherwise does nothing. */
  readonly onProgress: (value: unknown) => void;
}

/** One method: how its parameters are checked and what answers it. */
export interface Handler {
  answer(params: unknown, context: RequestContext): Promise<unknown>;
}

/** Ties a schema to the function that gets its checked output. */
export function handler<S extends z.ZodType>(
  method: string,
  schema: S,
  run: (params: z.output<S>, context: RequestContext) => Promise<unknown>,
): Handler {
  return {
    answer(params, context) {
      const parsed = schema.safeParse(params ?? {});
      if (!parsed.success) {
        throw new ResponseError(errorCodes.invalidParams, `Invalid parameters of ${method}: ${z.prettifyError(parsed.error)}`);
      }
      return run(parsed.data, context);
    },
  };
}

/** An answer that is an error of the protocol, for `throw`. */
export function refusal(code: number, message: string): ResponseError {
  return new ResponseError(code, message);
}

/** The requests under way: each can be cancelled by the client, and all of them by the end of the engine. */
export class Requests {
  private readonly running = new Map<AbortController, Promise<unknown>>();

  get count(): number {
    return this.running.size;
  }

  async run(token: CancellationToken, work: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> {
    const controller = new AbortController();
    const cancel = (): void => {
      controller.abort(refusal(errorCodes.cancelled, 'The request was cancelled.'));
    };
    if (token.isCancellationRequested) cancel();
    const listener = token.onCancellationRequested(cancel);
    const done = (async () => {
      controller.signal.throwIfAborted();
      return work(controller.signal);
    })();
    this.running.set(controller, done);
    try {
      return await done;
    } catch (error) {
      throw asResponseError(error, controller.signal);
    } finally {
      listener.dispose();
      this.running.delete(controller);
    }
  }

  /** Aborts everything and waits until it has cleaned up after itself, at most `graceMs`. */
  async abortAll(graceMs: number): Promise<void> {
    const pending = [...this.running.values()];
    for (const controller of this.running.keys()) {
      controller.abort(refusal(errorCodes.shuttingDown, 'The engine is ending.'));
    }
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, graceMs)));
    await Promise.race([Promise.allSettled(pending), late]);
    clearTimeout(timer);
  }
}

/** Expected failures keep their message; anything else is a bug, and says where in the log. */
function asResponseError(error: unknown, signal: AbortSignal): ResponseError {
  if (error instanceof ResponseError) return error as ResponseError;
  if (signal.aborted) return signal.reason as ResponseError;
  if (error instanceof ModelUnusable) return refusal(errorCodes.modelUnusable, error.message);
  console.error('[engine] request failed:', error);
  return refusal(errorCodes.internalError, error instanceof Error ? error.message : String(error));
}

/** Answers bytes that are frames but no JSON, and JSON that is no message, as JSON-RPC 2.0 says: an error with id null. */
export function answerMalformed(writer: MessageWriter, code: number, message: string): void {
  const answer = { jsonrpc: '2.0', id: null, error: { code, message } } as Message;
  writer.write(answer).catch(() => undefined);
}

/** True for anything the connection knows how to handle. */
export function isMessage(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { id, method, result, error } = value as Record<string, unknown>;
  const idOk = typeof id === 'string' || typeof id === 'number';
  if (typeof method === 'string') return id === undefined || idOk;
  return (idOk || id === null) && (result !== undefined || typeof error === 'object');
}

/** Sends a notification; resolves when it is written or can't be. A client that is gone is no reason to fail. */
export async function notify(connection: MessageConnection, method: string, params: object): Promise<void> {
  try {
    await connection.sendNotification(method, params);
  } catch {
    // The connection is closed or broken, and the watch on the client will end the engine.
  }
}
