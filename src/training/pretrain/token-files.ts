/** The corpus as tokens on disk, read where it is needed: a training of many hours holds no more of it in memory than where documents begin. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { mkdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { writeFileAtomically } from '../../model/atomic-file';
import { readDocuments, readIndex, type DocumentKind, type Split } from '../corpus/shards';
import type { PackedTokens, TokenArray } from '../data/packing';
import { CorpusEncoder } from '../tokenizer/encoder';
import { specialId } from '../tokenizer/pattern';
import type { Merge } from '../tokenizer/train';

const indexSchema = z.object({ tokens: z.number(), documents: z.number(), characters: z.number() });

export interface TokenFile extends PackedTokens {
  /** Code points of all documents. */
  readonly characters: number;
  close(): void;
}

export interface TokenFolder {
  /** The corpus. */
  readonly corpus: string;
  readonly merges: readonly Merge[];
}

/** A name that no other corpus or tokenizer has. */
async function keyOf({ corpus, merges }: TokenFolder): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(merges));
  for (const shard of await readIndex(corpus)) hash.update(shard.sha256);
  return hash.digest('hex').slice(0, 16);
}

/**
 * The documents of one kind and split as tokens, an end token after each, in files beside the corpus that are written on first use. Throws CorpusError
 * (see readDocuments). Null where there are no documents.
 */
export async function openTokens(o: TokenFolder, kind: DocumentKind, split: Split): Promise<TokenFile | null> {
  const folder = path.join(o.corpus, `tokens-${await keyOf(o)}`);
  const base = path.join(folder, `${kind}.${split}`);
  // The index comes last: where it is, the others are whole.
  if (!(await exists(`${base}.json`))) {
    await mkdir(folder, { recursive: true });
    await encodeDocuments(o, kind, split, base);
  }
  const { tokens, characters } = indexSchema.parse(JSON.parse(await readFile(`${base}.json`, 'utf8')));
  if (tokens === 0) return null;
  const starts = await readFile(`${base}.starts`);
  const file = new TokensOnDisk(`${base}.tokens`, tokens);
  return {
    tokens: file,
    starts: new Int32Array(starts.buffer.slice(starts.byteOffset, starts.byteOffset + starts.byteLength)),
    characters,
    close: () => {
      file.close();
    },
  };
}

async function encodeDocuments(o: TokenFolder, kind: DocumentKind, split: Split, base: string): Promise<void> {
  const encoder = new CorpusEncoder(o.merges);
  const end = specialId('<|endoftext|>');
  const pieces: Uint16Array[] = [];
  const starts: number[] = [];
  let [tokens, characters] = [0, 0];
  for await (const { text } of readDocuments(o.corpus, kind, split)) {
    const ids = encoder.encode(text);
    starts.push(tokens);
    pieces.push(Uint16Array.from([...ids, end]));
    tokens += ids.length + 1;
    characters += codePoints(text);
  }
  const bytes = (array: Uint16Array | Int32Array): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  await writeFileAtomically(`${base}.tokens`, pieces.map(bytes));
  await writeFileAtomically(`${base}.starts`, [bytes(Int32Array.from(starts))]);
  const index = { tokens, documents: starts.length, characters };
  await writeFileAtomically(`${base}.json`, [Buffer.from(JSON.stringify(index))]);
}

function codePoints(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) count--;
  return count;
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/** 16-bit token ids in a file of the machine's byte order; each piece is read when asked for. */
class TokensOnDisk implements TokenArray {
  private readonly descriptor: number;

  constructor(
    private readonly file: string,
    readonly length: number,
  ) {
    this.descriptor = openSync(file, 'r');
  }

  subarray(start: number, end: number): Uint16Array {
    const into = new Uint16Array(end - start);
    const bytes = new Uint8Array(into.buffer);
    for (let at = 0; at < bytes.length;) {
      const read = readSync(this.descriptor, bytes, at, bytes.length - at, 2 * start + at);
      if (read === 0) throw new Error(`${this.file} ends before token ${end}`);
      at += read;
    }
    return into;
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
