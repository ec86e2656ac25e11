/** Writing safetensors: header length as u64, JSON header, raw little-endian data. */
import { writeFileAtomically } from './atomic-file';
import { bytesPerSafetensorsElement, type SafetensorsDtype } from './safetensors';

export interface TensorToWrite {
  readonly name: string;
  /** Default F32. */
  readonly dtype?: SafetensorsDtype;
  readonly shape: readonly number[];
  /** Row-major. A function is called once, when the tensor's turn has come: what it converts need not be held for all tensors at once. */
  readonly data: ArrayBufferView | (() => ArrayBufferView);
}

/** Data starts at a multiple of this: readers that map the file want it aligned. */
const alignment = 8;

/**
 * Writes a safetensors file in one step (see writeFileAtomically). `metadata` becomes `__metadata__`. Throws Error if two tensors share a name, a name or
 * key is `__proto__`, which no reader in JavaScript gives back, or data is not as long as its shape says: bugs of the caller. The old file is untouched then.
 */
export async function writeSafetensors(
  file: string,
  tensors: readonly TensorToWrite[],
  metadata?: Readonly<Record<string, string>>,
): Promise<void> {
  await writeFileAtomically(file, pieces(tensors, metadata));
}

function* pieces(tensors: readonly TensorToWrite[], metadata?: Readonly<Record<string, string>>): Generator<Uint8Array> {
  const header = new Map<string, unknown>(metadata ? [['__metadata__', metadata]] : []);
  if ([...tensors.map((t) => t.name), ...Object.keys(metadata ?? {})].includes('__proto__'))
    throw new Error('nothing may be called __proto__');
  let end = 0;
  for (const { name, dtype = 'F32', shape } of tensors) {
    if (header.has(name)) throw new Error(`two tensors are called ${name}`);
    const start = end;
    end += shape.reduce((a, b) => a * b, bytesPerSafetensorsElement(dtype));
    header.set(name, { dtype, shape, data_offsets: [start, end] });
  }
  const text = Buffer.from(JSON.stringify(Object.fromEntries(header)));
  const padded = Buffer.alloc(Math.ceil(text.length / alignment) * alignment, ' ');
  text.copy(padded);
  const lead = Buffer.alloc(8);
  lead.writeBigUInt64LE(BigInt(padded.length));
  yield lead;
  yield padded;
  for (const { name, dtype = 'F32', shape, data } of tensors) {
    const view = typeof data === 'function' ? data() : data;
    const needed = shape.reduce((a, b) => a * b, bytesPerSafetensorsElement(dtype));
    if (view.byteLength !== needed)
      throw new Error(`tensor ${name} has ${view.byteLength} bytes, ${dtype}[${shape.join(',')}] needs ${needed}`);
    yield bytesOf(view);
  }
}

/** A float32 tensor written as it is. */
export function float32Tensor(name: string, shape: readonly number[], data: Float32Array): TensorToWrite {
  return { name, shape, data };
}

/** The bytes behind a view, shared. */
export function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
