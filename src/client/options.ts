import type { DeviceChoice, LogMessage } from '../protocol/messages';
import type { RestartPolicy } from './restart-policy';

export interface EngineOptions {
  /** Node (or Electron) that runs the engine; absent: the one that runs this code. */
  readonly nodePath?: string | undefined;
  /** The engine's bundle; absent: found beside this code. */
  readonly enginePath?: string | undefined;
  /** Absolute model folder, `none`, or `random:SEED`; absent: the embedded model. */
  readonly model?: string | undefined;
  /** Absolute folder of an adapter (LoRA) for the model. */
  readonly adapter?: string | undefined;
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
