import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from './bundles';

export const embeddedModelFolder = path.join(root, 'model-assets', 'unmask-tiny');

/** A copy of a model folder that a test may damage. */
export class ModelFolder {
  readonly dir = mkdtempSync(path.join(os.tmpdir(), 'unmask-model-'));

  /** Without `source` it starts empty; golden.json is left behind, being no part of a model. */
  constructor(source?: string) {
    if (source === undefined) return;
    for (const name of readdirSync(source).filter((n) => n !== 'golden.json'))
      cpSync(path.join(source, name), path.join(this.dir, name), { recursive: true });
  }

  path(name: string): string {
    return path.join(this.dir, name);
  }

  write(name: string, content: string | Uint8Array | object): void {
    const plain = typeof content === 'string' || content instanceof Uint8Array;
    writeFileSync(this.path(name), plain ? content : JSON.stringify(content));
  }

  json(name: string): Record<string, unknown> {
    return JSON.parse(readFileSync(this.path(name), 'utf8')) as Record<string, unknown>;
  }

  /** Replaces fields of a JSON file; `undefined` removes one. */
  patch(name: string, fields: Record<string, unknown>): void {
    this.write(name, { ...this.json(name), ...fields });
  }

  remove(name: string): void {
    rmSync(this.path(name));
  }

  dispose(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export interface TensorEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** A safetensors file taken apart, and put together again with whatever was changed. */
export function splitSafetensors(file: string): { header: Record<string, TensorEntry>; data: Buffer } {
  const bytes = readFileSync(file);
  const end = 8 + Number(bytes.readBigUInt64LE());
  return { header: JSON.parse(bytes.subarray(8, end).toString()) as Record<string, TensorEntry>, data: bytes.subarray(end) };
}

export function joinSafetensors(header: unknown, data: Uint8Array, headerLength?: bigint): Buffer {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const lead = Buffer.alloc(8);
  lead.writeBigUInt64LE(headerLength ?? BigInt(text.length));
  return Buffer.concat([lead, text, data]);
}
