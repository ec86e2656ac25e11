import { errorCodes, exitCodes } from '../protocol/errors';

/** The engine answered a request with an error; `code` is one of `errorCodes`. The message is for the user. */
export class EngineRequestError extends Error {
  override readonly name = 'EngineRequestError';
  constructor(
    readonly code: number,
    message: string,
    readonly data?: unknown,
  ) {
    super(message);
  }
}

/** The engine died with the request under way. Nothing was changed; the same request may be made again. */
export class EngineCrashed extends Error {
  override readonly name = 'EngineCrashed';
  readonly retryable = true;
  constructor(
    readonly exitCode: number | null,
    readonly exitSignal: NodeJS.Signals | null,
    readonly stderrTail: string,
  ) {
    super(`The Unmask engine stopped unexpectedly (${describeExit(exitCode, exitSignal)}).${tailLine(stderrTail)}`);
  }
}

/** The engine can't be started at all, or crashed so often that starting it again would not help. */
export class EngineUnavailable extends Error {
  override readonly name = 'EngineUnavailable';
}

/** The client was disposed: no more requests. */
export class EngineDisposed extends Error {
  override readonly name = 'EngineDisposed';
  constructor() {
    super('The Unmask engine was shut down.');
  }
}

/** True for errors that mean "this build or model can't do it", not "it failed". */
export function isNotAvailable(error: unknown): boolean {
  return error instanceof EngineRequestError && error.code === errorCodes.notAvailable;
}

/** How a process ended, in words. */
export function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null) return `ended by ${signal}`;
  if (code === exitCodes.badFrames) return 'it received bytes that are not requests';
  if (code === exitCodes.internalError) return 'an internal error; see the Unmask log';
  return `exit code ${code ?? 'unknown'}`;
}

function tailLine(stderr: string): string {
  const last = stderr.trimEnd().split('\n').at(-1)?.trim();
  return last ? ` It last said: ${last}` : '';
}
