/**
 * Checkpoints of a training: one safetensors file each, written in one step, so that a process that dies while it writes leaves the previous
 * one as it was. Other tools can read the tensors; what is no tensor stands as JSON in the file's metadata.
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import * as z from 'zod';
import { partialSuffix } from '../model/atomic-file';
import { ModelError } from '../model/errors';
import { SafetensorsFiles } from '../model/safetensors';
import { bytesOf, float32Tensor, writeSafetensors } from '../model/safetensors-write';
import type { Parameter } from './parameters';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const count = z.number().int().nonnegative();
const stateSchema = z.object({
  trainer: z.object({ updates: count, tokens: count, optimiserUpdates: count, rewarmedAt: count.nullable() }),
  seconds: z.number().nonnegative(),
  data: z.json(),
  extra: z.json(),
});

/** What a training is besides its arrays. */
export interface CheckpointState {
  readonly trainer: z.infer<typeof stateSchema>['trainer'];
  /** Time trained so far, over all processes. */
  readonly seconds: number;
  /** Position and random state of the stream of batches, as the stream itself says it. */
  readonly data: Json;
  /** Whatever else the caller's loop needs, its own random states included. */
  readonly extra: Json;
}

/** The arrays of a training, live: saving reads them, loading writes them. */
export interface CheckpointArrays {
  readonly weights: readonly Parameter[];
  /** Absent when loading: the moments in the file are left alone, whatever optimiser they belong to. */
  readonly moments?: readonly Parameter[];
}

/** A checkpoint that cannot be used. The message is for the user. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

/** A file that is not what was written: an older one may stand in for it. */
class DamagedError extends CheckpointError {}

const tensorSchema = z.object({ shape: z.array(count), checksum: count });
type Tensors = Readonly<Record<string, z.infer<typeof tensorSchema>>>;
const contentsSchema = z.object({ version: z.literal(1), state: stateSchema, tensors: z.record(z.string(), tensorSchema) });
const [contentsKey, checksumKey] = ['unmask.checkpoint', 'unmask.checksum'] as const;
const fileName = /^checkpoint-(\d{8,})\.safetensors$/;

/**
 * Saves into a folder (made if need be) under the number of updates, and returns the file. When it is safe on the disk, older ones are removed but for
 * the newest `keep` (at least 2), as are later ones, which belong to a course that was given up, and what dead processes left half-written.
 */
export async function saveCheckpoint(
  folder: string,
  arrays: Required<CheckpointArrays>,
  state: CheckpointState,
  keep = 2,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const saved = [...named('weights', arrays.weights), ...named('moments', arrays.moments)];
  const tensors = Object.fromEntries(saved.map((t) => [t.name, { shape: t.shape, checksum: crc32(bytesOf(t.data)) }]));
  const contents = JSON.stringify({ version: 1, state: stateSchema.parse(state), tensors });
  const file = path.join(folder, `checkpoint-${String(state.trainer.updates).padStart(8, '0')}.safetensors`);
  await writeSafetensors(
    file,
    saved.map((t) => float32Tensor(t.name, t.shape, t.data)),
    { [contentsKey]: contents, [checksumKey]: String(crc32(contents)) },
  );
  await prune(folder, state.trainer.updates, Math.max(2, keep));
  return file;
}

async function prune(folder: string, updates: number, keep: number): Promise<void> {
  const found = await checkpointFiles(folder);
  const earlier = found.filter((f) => f.updates <= updates);
  const superfluous = [...found.filter((f) => f.updates > updates), ...earlier.slice(keep)].map((f) => f.file);
  const partial = (await readdir(folder)).filter((n) => n.endsWith(partialSuffix)).map((n) => path.join(folder, n));
  await Promise.all([...superfluous, ...partial].map((f) => rm(f, { force: true })));
}

/** Checkpoints of a folder, newest first; none if there is no such folder. */
export async function checkpointFiles(folder: string): Promise<{ file: string; updates: number }[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  return names
    .flatMap((name) => {
      const match = fileName.exec(name);
      return match ? [{ file: path.join(folder, name), updates: Number(match[1]) }] : [];
    })
    .sort((a, b) => b.updates - a.updates);
}

export interface LoadedCheckpoint {
  readonly file: string;
  readonly state: CheckpointState;
  /** What is wrong with newer checkpoints, which were passed over. */
  readonly passedOver: readonly string[];
}

/**
 * Reads the newest checkpoint of a folder into the arrays; null where there is none. A damaged one is passed over for the one before it. The arrays are
 * changed only when all has been read and checked. Throws CheckpointError if every checkpoint is damaged, or one belongs to another training.
 */
export async function loadCheckpoint(folder: string, arrays: CheckpointArrays): Promise<LoadedCheckpoint | null> {
  const files = await checkpointFiles(folder);
  const passedOver: string[] = [];
  for (const { file } of files) {
    try {
      return { file, state: await readInto(file, arrays), passedOver };
    } catch (error) {
      if (!(error instanceof DamagedError)) throw error;
      passedOver.push(error.message);
    }
  }
  if (files.length === 0) return null;
  throw new CheckpointError(`no checkpoint in ${folder} can be read:\n${passedOver.join('\n')}`);
}

async function readInto(file: string, arrays: CheckpointArrays): Promise<CheckpointState> {
  const files = await SafetensorsFiles.openFiles([file]).catch(asDamage(file));
  try {
    const { state, tensors } = contentsOf(file, files.metadata);
    const wanted = [...named('weights', arrays.weights), ...named('moments', arrays.moments ?? [])];
    assertSame(file, wanted, tensors, arrays.moments !== undefined);
    const read: Float32Array[] = [];
    for (const { name, shape } of wanted) {
      const data = await files.float32(name, shape, 'this training').catch(asDamage(file));
      if (crc32(bytesOf(data)) !== tensors[name]!.checksum)
        throw new DamagedError(`${file} is damaged: the checksum of ${name} differs`);
      read.push(data);
    }
    wanted.forEach(({ data }, i) => {
      data.set(read[i]!);
    });
    return state;
  } finally {
    await files.close();
  }
}

function contentsOf(file: string, metadata: Readonly<Record<string, string>>): { state: CheckpointState; tensors: Tensors } {
  const text = metadata[contentsKey];
  if (text === undefined) throw new DamagedError(`${file} is not a checkpoint of a training`);
  if (String(crc32(text)) !== metadata[checksumKey])
    throw new DamagedError(`${file} is damaged: the checksum of its state differs`);
  const parsed = contentsSchema.safeParse(JSON.parse(text));
  if (!parsed.success)
    throw new CheckpointError(`${file} was written by another version and cannot be read: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** Throws CheckpointError unless the file holds the arrays that are wanted, in their shapes, and no others. */
function assertSame(file: string, wanted: readonly Parameter[], found: Tensors, withMoments: boolean): void {
  const refuse = (what: string): never => {
    throw new CheckpointError(`${file} belongs to a training of other parameters or another optimiser: ${what}`);
  };
  for (const { name, shape } of wanted) {
    const there = Object.hasOwn(found, name) ? found[name]!.shape : refuse(`it lacks ${name}`);
    if (there.join() !== shape.join()) refuse(`its ${name} is [${there.join(', ')}], not [${shape.join(', ')}]`);
  }
  const names = new Set(wanted.map((w) => w.name));
  const superfluous = Object.keys(found).find((n) => !names.has(n) && (withMoments || n.startsWith('weights.')));
  if (superfluous !== undefined) refuse(`it also holds ${superfluous}`);
}

function named(kind: 'weights' | 'moments', arrays: readonly Parameter[]): Parameter[] {
  return arrays.map((p) => ({ ...p, name: `${kind}.${p.name}` }));
}

function asDamage(file: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof ModelError)) throw error;
    throw new DamagedError(`${file} is damaged: ${error.message}`, { cause: error });
  };
}
