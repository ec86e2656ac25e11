/** The engine as its users (editor, command line, benchmarks) see it. */
export { EngineClient, type EngineOptions, type EngineState, type RequestOptions } from './engine-client';
export { EngineCrashed, EngineDisposed, EngineRequestError, EngineUnavailable, isNotAvailable } from './errors';
export { defaultRestartPolicy, type RestartPolicy } from './restart-policy';
