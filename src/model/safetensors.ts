/** Reading safetensors (header length as u64, JSON header, raw little-endian data), single file or sharded. Everything is checked before it is used. */
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { ModelError } from './errors';
import { plainFileSize, readOptionalJson, textLimits } from './files';

/** The format's own limit on its header. */
const maxHeaderBytes = 100_000_000;

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.number().int().nonnegative()),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});
const headerSchema = z.record(z.string(), z.unknown());
const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

const metadataSchema = z.record(z.string(), z.string());

const dtypeBytes = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1 } as const;

export type SafetensorsDtype = keyof typeof dtypeBytes;

export function bytesPerSafetensorsElement(dtype: SafetensorsDtype): number {
  return dtypeBytes[dtype];
}

interface Entry {
  readonly file: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Absolute byte range in the file. */
  readonly start: number;
  readonly end: number;
}

/** Opened weights of one model. Close when read. */
export class SafetensorsFiles {
  private constructor(
    private readonly entries: ReadonlyMap<string, Entry>,
    private readonly handles: ReadonlyMap<string, FileHandle>,
    /** `__metadata__` of all files together. */
    readonly metadata: Readonly<Record<string, string>>,
  ) {}

  /** Opens `model.safetensors`, or the shards that `model.safetensors.index.json` names, in a model folder. Throws ModelError. */
  static async open(folder: string): Promise<SafetensorsFiles> {
    return SafetensorsFiles.openFiles((await weightFiles(folder)).map((name) => path.join(folder, name)));
  }

  /** Opens the files given. Throws ModelError. */
  static async openFiles(files: readonly string[]): Promise<SafetensorsFiles> {
    const handles = new Map<string, FileHandle>();
    try {
      const entries = new Map<string, Entry>();
      const metadata: Record<string, string> = {};
      for (const file of files) {
        if ((await plainFileSize(file)) === null) throw new ModelError(`weights file ${file} is missing`);
        const handle = await open(file, 'r').catch((cause: unknown) => {
          throw new ModelError(`weights file ${file} cannot be opened`, { cause });
        });
        handles.set(file, handle);
        const header = await readHeader(file, handle);
        Object.assign(metadata, header.metadata);
        for (const [tensor, entry] of header.entries) {
          if (entries.has(tensor)) throw new ModelError(`tensor ${tensor} stands in two weights files of ${path.dirname(file)}`);
          entries.set(tensor, entry);
        }
      }
      return new SafetensorsFiles(entries, handles, metadata);
    } catch (error) {
      await Promise.all([...handles.values()].map((h) => h.close()));
      throw error;
    }
  }

  get names(): string[] {
    return [...this.entries.keys()];
  }

  /**
   * A tensor widened to float32; F32, F16 and BF16 are understood. Throws ModelError if absent, of another shape or dtype, or not finite; `source` is the
   * file that the shape comes from.
   */
  async float32(name: string, shape: readonly number[], source = 'config.json'): Promise<Float32Array> {
    const entry = this.entries.get(name);
    if (!entry) throw new ModelError(`tensor ${name} is missing from the weights`);
    if (entry.shape.join() !== shape.join()) {
      throw new ModelError(`tensor ${name} has shape [${entry.shape.join(', ')}], but ${source} needs [${shape.join(', ')}]`);
    }
    const widen = wideners[entry.dtype];
    if (!widen) {
      throw new ModelError(`tensor ${name} has dtype ${entry.dtype}; F32, F16 and BF16 are understood`);
    }
    const bytes = await readFully(this.handles.get(entry.file)!, entry);
    const values = widen(bytes);
    if (!allFinite(values)) throw new ModelError(`tensor ${name} holds NaN or infinite values: ${entry.file} is damaged`);
    return values;
  }

  async close(): Promise<void> {
    await Promise.all([...this.handles.values()].map((h) => h.close()));
  }
}

async function weightFiles(folder: string): Promise<string[]> {
  const indexFile = path.join(folder, 'model.safetensors.index.json');
  const index = await readOptionalJson(indexFile, textLimits.shardIndex);
  if (!index) return ['model.safetensors'];
  const parsed = indexSchema.safeParse(index.json);
  if (!parsed.success) throw new ModelError(`${indexFile} is not an index of shards`);
  const shards = [...new Set(Object.values(parsed.data.weight_map))];
  const stray = shards.find((s) => path.basename(s) !== s || !s.endsWith('.safetensors'));
  if (stray !== undefined) throw new ModelError(`${indexFile} names a shard outside its folder: ${stray}`);
  return shards;
}

/** Largest piece asked of one read: the system gives no more than 2 GiB at once. */
const readPiece = 1 << 30;

async function readFully(
  handle: FileHandle,
  { file, start, end }: Pick<Entry, 'file' | 'start' | 'end'>,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(end - start);
  for (let at = 0; at < bytes.length;) {
    const { bytesRead } = await handle.read(bytes, at, Math.min(readPiece, bytes.length - at), start + at);
    if (bytesRead === 0) throw new ModelError(`${file} became shorter while it was read`);
    at += bytesRead;
  }
  return bytes;
}

interface Header {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly metadata: Readonly<Record<string, string>>;
}

async function readHeader(file: string, handle: FileHandle): Promise<Header> {
  const { size } = await handle.stat();
  const lead = Buffer.alloc(8);
  if (size < 8 || (await handle.read(lead, 0, 8, 0)).bytesRead < 8)
    throw new ModelError(`${file} is too short to be a safetensors file`);
  const length = lead.readBigUInt64LE();
  if (length > BigInt(Math.min(maxHeaderBytes, size - 8)))
    throw new ModelError(`${file}: its header says ${length} bytes; the file is damaged or cut off`);
  const text = await readFully(handle, { file, start: 8, end: 8 + Number(length) });
  const header = headerSchema.safeParse(parseJson(Buffer.from(text.buffer).toString('utf8'), file));
  if (!header.success) throw new ModelError(`${file}: its header is not an object`);
  const entries = new Map<string, Entry>();
  const base = 8 + text.length;
  const metadata = metadataSchema.safeParse(header.data['__metadata__'] ?? {});
  if (!metadata.success) throw new ModelError(`${file}: its metadata is not a record of texts`);
  for (const [name, value] of Object.entries(header.data)) {
    if (name === '__metadata__') continue;
    const entry = entrySchema.safeParse(value);
    if (!entry.success) throw new ModelError(`${file}: the entry of tensor ${name} is malformed`);
    const { dtype, shape, data_offsets: offsets } = entry.data;
    const width = Object.hasOwn(dtypeBytes, dtype) ? dtypeBytes[dtype as SafetensorsDtype] : undefined;
    if (width === undefined) throw new ModelError(`${file}: tensor ${name} has unknown dtype ${dtype}`);
    const bytes = shape.reduce((a, b) => a * b, width);
    if (offsets[1] - offsets[0] !== bytes)
      throw new ModelError(`${file}: tensor ${name} has ${offsets[1] - offsets[0]} bytes, its shape needs ${bytes}`);
    if (base + offsets[1] > size)
      throw new ModelError(`${file} is cut off: tensor ${name} would end at byte ${base + offsets[1]} of ${size}`);
    entries.set(name, { file, dtype, shape, start: base + offsets[0], end: base + offsets[1] });
  }
  const sorted = [...entries.values()].sort((a, b) => a.start - b.start);
  if (sorted.some((e, i) => i > 0 && e.start < sorted[i - 1]!.end)) throw new ModelError(`${file}: tensors overlap`);
  return { entries, metadata: metadata.data };
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new ModelError(`${file} does not hold valid JSON`, { cause });
  }
}

const wideners: Readonly<Record<string, (bytes: Uint8Array<ArrayBuffer>) => Float32Array>> = {
  F32: (bytes) => new Float32Array(bytes.buffer),
  F16: (bytes) => widenFloat16(new Uint16Array(bytes.buffer)),
  BF16: (bytes) => widenBfloat16(new Uint16Array(bytes.buffer)),
};

/** One damaged value would spread to every logit, and show only as nonsense. */
function allFinite(values: Float32Array): boolean {
  let spread = 0;
  for (let i = 0; i < values.length; i++) spread += values[i]! * 0;
  return spread === 0;
}

function widenBfloat16(halves: Uint16Array): Float32Array {
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) words[i] = halves[i]! << 16;
  return new Float32Array(words.buffer);
}

let halfTable: Float32Array | undefined;

/** IEEE half to single by table: 65,536 values, computed once. */
function widenFloat16(halves: Uint16Array): Float32Array {
  halfTable ??= Float32Array.from({ length: 65536 }, (_, h) => {
    const sign = h & 0x8000 ? -1 : 1;
    const exponent = (h >> 10) & 31;
    const fraction = h & 1023;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
  const out = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) out[i] = halfTable[halves[i]!]!;
  return out;
}
