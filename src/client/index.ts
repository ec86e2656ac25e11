/** The engine as its users (editor, command line, benchmarks) see it. */
export { EngineClient, type RequestOptions } from './engine-client';
export { EngineCrashed, EngineDisposed, EngineRequestError, EngineUnavailable, isNotAvailable } from './errors';
export type { EngineOptions, EngineState } from './options';
export { defaultRestartPolicy, type RestartPolicy } from './restart-policy';
