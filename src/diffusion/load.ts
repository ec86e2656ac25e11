import { availableParallelism, cpus } from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { mergeAdapter } from '../model/adapter/merge';
import { readAdapter } from '../model/adapter/peft';
import { ChatTemplate } from '../model/chat-template';
import type { TransformerConfig } from '../model/config';
import { ModelError } from '../model/errors';
import { readOptionalJson, textLimits } from '../model/files';
import { cpuLowering } from '../model/lowerings/cpu';
import { webgpuLowering } from '../model/lowerings/webgpu';
import { assertFitsMemory } from '../model/memory';
import { readConfig, readWeights } from '../model/network';
import { StepModel } from '../model/step-model';
import { CodeTokenizer } from '../model/tokenizer';
import { probeWebgpu } from '../model/webgpu-probe';
import { randomWeights, type TransformerWeights } from '../model/weights';
import type { CodeModel } from './code-model';
import { confidenceCalibrationSchema } from './confidence';
import type { RunGate } from './run-gate';
import { textModel } from './text-model';

export interface LoadOptions {
  /** Model folder: config.json, tokenizer.json, weights. */
  readonly dir: string;
  readonly device: 'auto' | 'cpu' | 'webgpu';
  /** 0: one a core, at most eight. */
  readonly threads: number;
  readonly gate: RunGate;
  readonly signal?: AbortSignal;
  /** The folder's architecture with untrained weights. */
  readonly randomSeed?: number;
  /** Folder of a low-rank adapter in PEFT's layout. It is merged into the weights: kept beside them it made steps 10 to 40 % slower. */
  readonly adapter?: string;
}

export interface LoadedCodeModel {
  readonly model: CodeModel;
  /** Shape of protocol's DeviceReport. */
  readonly device: { inUse: 'cpu' | 'webgpu'; asked: 'auto' | 'cpu' | 'webgpu'; description: string; reason?: string };
  dispose(): Promise<void>;
}

/** Canvases longer than this share of a full sequence are cut into segments of layers, so that no run lasts over 40 ms. */
const flopsPerRun = 2.5e9;

const manifestSchema = z.looseObject({
  id: z.string().min(1).optional(),
  capabilities: z.array(z.string()).default(['infill']),
  /** Folder, in this one, of other weights of the same network: those that do what they are asked to in words. Read when first needed. */
  instructed: z
    .string()
    .regex(/^[\w-]+$/, 'no name of a folder')
    .optional(),
  /** What `npm run calibrate` found. */
  confidence: confidenceCalibrationSchema.optional(),
});

/** Loads a model folder onto a device. Throws ModelError (message for the user); never falls back in silence: see `device.reason`. */
export async function loadCodeModel(options: LoadOptions): Promise<LoadedCodeModel> {
  // The small files first: what is wrong there shows before gigabytes are read.
  const config = await readConfig(options.dir);
  const tokenizer = await CodeTokenizer.load(options.dir);
  tokenizer.assertFits(config);
  const manifest = await readManifest(options.dir);
  const template = manifest.capabilities.includes('instruct') ? await ChatTemplate.load(options.dir, tokenizer) : null;
  const adapter = options.adapter === undefined ? null : await readAdapter(options.adapter, config);
  const weights = await weightsOf(options, config);
  if (adapter) await mergeAdapter(config, weights, adapter);
  options.signal?.throwIfAborted();
  const { webgpu, reason } = await chooseDevice(options.device);
  const threads = options.threads || Math.min(8, availableParallelism());
  const of = (some: TransformerWeights): Promise<StepModel> =>
    StepModel.create(config, some, {
      lowering: webgpu ? webgpuLowering : cpuLowering,
      threads,
      segments: segmentsFor(config),
      noFallback: webgpu,
    });
  const step = await of(weights);
  let second: Promise<StepModel> | undefined;
  const { instructed } = manifest;
  const other = instructed === undefined || options.randomSeed !== undefined ? undefined : (): Promise<StepModel> =>
    (second ??= readWeights(path.join(options.dir, instructed), config).then(of).catch((error: unknown) => {
      // Files may be mended before it is asked again.
      second = undefined;
      throw error;
    })); // prettier-ignore
  const untrained = options.randomSeed === undefined ? '' : ` (untrained, seed ${options.randomSeed})`;
  const adapted = options.adapter === undefined ? '' : ` + ${path.basename(options.adapter)}`;
  const id = `${manifest.id ?? path.basename(options.dir)}${untrained}${adapted}`;
  return {
    model: textModel({ ...manifest, id }, step, tokenizer, options.gate, template, other),
    device: {
      inUse: step.provider,
      asked: options.device,
      description: webgpu ? 'GPU by WebGPU' : `${cpus()[0]?.model.trim() ?? 'processor'}, ${threads} threads`,
      ...(reason ? { reason } : {}),
    },
    dispose: async () => {
      await step.dispose();
      await (await second?.catch(() => undefined))?.dispose();
    },
  };
}

async function weightsOf(options: LoadOptions, config: TransformerConfig): Promise<TransformerWeights> {
  if (options.randomSeed === undefined) return readWeights(options.dir, config);
  assertFitsMemory(config);
  return randomWeights(config, options.randomSeed);
}

async function chooseDevice(asked: LoadOptions['device']): Promise<{ webgpu: boolean; reason?: string }> {
  if (asked === 'cpu') return { webgpu: false };
  const probe = await probeWebgpu(asked === 'webgpu');
  if (probe.usable) return { webgpu: true };
  if (asked === 'webgpu')
    throw new ModelError(`WebGPU cannot be used here: ${probe.reason}. Set "unmask.device" (or --device) to "cpu" or "auto".`);
  return { webgpu: false, reason: probe.reason };
}

/** Pieces that the layers are cut into so that a full-length forward stays within the work of one run. */
function segmentsFor(c: TransformerConfig): number {
  const perRow = 2 * c.width * (2 * c.heads * c.headWidth + 2 * c.kvHeads * c.headWidth + 3 * c.mlpWidth);
  const attention = 4 * c.maxSequence * c.heads * c.headWidth;
  return Math.min(c.layers, Math.ceil((c.layers * c.maxSequence * (perRow + attention)) / flopsPerRun));
}

/** `manifest.json`: what the model can do; absent: infill only. */
export async function readManifest(dir: string): Promise<z.infer<typeof manifestSchema>> {
  const file = path.join(dir, 'manifest.json');
  const found = await readOptionalJson(file, textLimits.manifest);
  const parsed = manifestSchema.safeParse(found?.json ?? {});
  if (!parsed.success) throw new ModelError(`${file} is not a model manifest: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
