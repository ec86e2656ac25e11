import { cpus } from 'node:os';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { CodeModel } from '../diffusion/code-model';
import type { RunGate } from '../diffusion/run-gate';
import type { DeviceChoice, DeviceReport } from '../protocol/messages';

export interface ModelRequest {
  /** As in `initialize`: a folder, `none`, `random:SEED`, or undefined for the embedded model. */
  readonly model?: string | undefined;
  /** As in `initialize`. */
  readonly adapter?: string | undefined;
  readonly device: DeviceChoice;
  /** As in `initialize`. */
  readonly avoidGpu?: string | undefined;
  readonly threads: number;
}

export interface LoadedModel {
  /** Null: the engine runs without a model (`none`). */
  readonly model: CodeModel | null;
  readonly device: DeviceReport;
  dispose(): Promise<void>;
}

/** The model folder is not usable as asked; the message names what mends it. */
export class ModelUnusable extends Error {
  override readonly name = 'ModelUnusable';
}

/** Loads what `initialize` asked for. Everything heavy (the runtime, the graphs) is imported only here. */
export async function loadModel(request: ModelRequest, gate: RunGate, signal: AbortSignal): Promise<LoadedModel> {
  const { adapter } = request;
  if (request.model === 'none') {
    if (adapter !== undefined)
      throw new ModelUnusable('An adapter needs a model: clear the setting "unmask.adapter" (or --adapter).');
    return withoutModel(request.device);
  }
  const random = /^random(?::(.*))?$/.exec(request.model ?? '');
  const randomSeed = random ? parseSeed(random[1]) : undefined;
  const dir = request.model === undefined || random ? embeddedModel() : request.model;
  if (!path.isAbsolute(dir)) throw new ModelUnusable(`The model folder must be an absolute path, not "${dir}".`);
  if (!existsSync(dir)) {
    throw new ModelUnusable(`There is no model folder at ${dir}. Correct the setting "unmask.model" (or --model), or clear it.`);
  }
  if (adapter !== undefined && !(path.isAbsolute(adapter) && existsSync(adapter))) {
    throw new ModelUnusable(
      `There is no adapter folder at ${adapter}. Correct the setting "unmask.adapter" (or --adapter), or clear it.`,
    );
  }
  const { loadCodeModel } = await import('../diffusion/load');
  try {
    const avoidGpu = request.device === 'auto' ? request.avoidGpu : undefined;
    const loaded = await loadCodeModel({
      dir,
      device: avoidGpu === undefined ? request.device : 'cpu',
      threads: request.threads,
      gate,
      signal,
      ...(randomSeed === undefined ? {} : { randomSeed }),
      ...(adapter === undefined ? {} : { adapter }),
    });
    return avoidGpu === undefined ? loaded : { ...loaded, device: { ...loaded.device, asked: 'auto', reason: avoidGpu } };
  } catch (error) {
    if (error instanceof Error && error.name === 'ModelError') throw new ModelUnusable(error.message, { cause: error });
    throw error;
  }
}

/** The folder of the embedded model: beside dist/ in an installed extension, and in a source checkout. */
export function embeddedModel(): string {
  const candidates = ['..', path.join('..', '..')].map((up) => path.join(__dirname, up, 'model-assets', 'unmask-tiny'));
  return candidates.find((dir) => existsSync(dir)) ?? candidates[0]!;
}

function parseSeed(text: string | undefined): number {
  const seed = Number(text ?? '0');
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new ModelUnusable(`"random:${text ?? ''}" needs a whole number as its seed.`);
  return seed;
}

function withoutModel(asked: DeviceChoice): LoadedModel {
  return {
    model: null,
    device: { inUse: 'cpu', asked, description: cpus()[0]?.model ?? 'processor', reason: 'no model is loaded' },
    dispose: () => Promise.resolve(),
  };
}
