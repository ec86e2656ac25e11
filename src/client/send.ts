import { ResponseError, type CancellationToken } from 'vscode-jsonrpc/node';
import { errorCodes } from '../protocol/errors';
import type { EngineProcess } from './engine-process';
import { EngineCrashed, EngineRequestError } from './errors';

/** One request to one engine: gives its answer; fails with `EngineRequestError` if that is an error, `EngineCrashed` if it dies instead. */
export async function sendRequest(
  engine: EngineProcess,
  method: string,
  params: object,
  token?: CancellationToken,
): Promise<unknown> {
  const died = engine.exited.then((exit): never => {
    throw new EngineCrashed(exit.code, exit.signal, exit.stderrTail);
  });
  const answered = (async () => {
    try {
      return await (token === undefined
        ? engine.connection.sendRequest(method, params)
        : engine.connection.sendRequest(method, params, token));
    } catch (error) {
      if (error instanceof ResponseError && isAnswer(error.code))
        throw new EngineRequestError(error.code, error.message, error.data);
      return died; // the connection broke: the exit says why
    }
  })();
  return Promise.race([answered, died]);
}

/** Codes that come from the engine itself, not from our end of the broken pipe. */
function isAnswer(code: number): boolean {
  return Object.values(errorCodes).some((known) => known === code);
}
