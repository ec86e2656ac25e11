/** The corpus on disk: documents as JSON lines, in shards, and a report that is written last. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { writeFileAtomically } from '../../model/atomic-file';
import { CorpusError } from './manifest';

/** What a shard holds: whole files, tests, or functions cut out of files. */
export const documentKinds = ['code', 'test', 'function'] as const;
export type DocumentKind = (typeof documentKinds)[number];
export const splits = ['train', 'held-out'] as const;
export type Split = (typeof splits)[number];

export const documentSchema = z.object({ package: z.string(), path: z.string(), text: z.string() });
export type CorpusDocument = z.infer<typeof documentSchema>;

const shardSchema = z.object({
  file: z.string(),
  kind: z.enum(documentKinds),
  split: z.enum(splits),
  documents: z.number(),
  characters: z.number(),
  sha256: z.string(),
});
export type Shard = z.infer<typeof shardSchema>;

/** As far as readers of the corpus need it; see report.ts for the rest. */
const indexSchema = z.looseObject({
  version: z.literal(1),
  packages: z.array(z.looseObject({ split: z.enum(splits), kept: z.number() })),
  shards: z.array(shardSchema),
});

export const reportName = 'report.json';
const shardName = /^(code|test|function)\.(train|held-out)\.\d{3}\.jsonl$/;
/** Bytes of text after which a new shard begins. */
const shardSize = 16e6;

/** Removes what an earlier run left, so that a report always belongs to the shards beside it. */
export async function clearShards(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await rm(path.join(folder, reportName), { force: true });
  const old = (await readdir(folder)).filter((n) => shardName.test(n));
  await Promise.all(old.map((n) => rm(path.join(folder, n))));
}

/** Writes documents of one kind and split, in the order given. */
export async function writeShards(
  folder: string,
  kind: DocumentKind,
  split: Split,
  documents: readonly CorpusDocument[],
): Promise<Shard[]> {
  const shards: Shard[] = [];
  let at = 0;
  while (at < documents.length) {
    const lines: Buffer[] = [];
    let [size, characters] = [0, 0];
    for (; at < documents.length && size < shardSize; at++) {
      const { package: owner, path: file, text } = documents[at]!;
      const line = Buffer.from(`${JSON.stringify({ package: owner, path: file, text })}\n`);
      lines.push(line);
      size += line.length;
      characters += text.length;
    }
    const name = `${kind}.${split}.${String(shards.length).padStart(3, '0')}.jsonl`;
    await writeFileAtomically(path.join(folder, name), lines);
    const hash = createHash('sha256');
    for (const line of lines) hash.update(line);
    shards.push({ file: name, kind, split, documents: lines.length, characters, sha256: hash.digest('hex') });
  }
  return shards;
}

/** The shards of a finished corpus. Throws CorpusError where there is none. */
export async function readIndex(folder: string): Promise<Shard[]> {
  return (await readReport(folder)).shards;
}

/** Packages of a split of which something was taken. Throws CorpusError where there is no corpus. */
export async function packagesIn(folder: string, split: Split): Promise<number> {
  return (await readReport(folder)).packages.filter((p) => p.split === split && p.kept > 0).length;
}

async function readReport(folder: string): Promise<z.infer<typeof indexSchema>> {
  const text = await readFile(path.join(folder, reportName), 'utf8').catch((cause: unknown) => {
    throw new CorpusError(`${folder} holds no corpus: run "npm run data" first`, { cause });
  });
  const parsed = indexSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new CorpusError(`${folder} holds a corpus of another version: run "npm run data" again`);
  return parsed.data;
}

/** The documents of one kind and split, shard by shard. Throws CorpusError if a shard is not what the report says. */
export async function* readDocuments(folder: string, kind: DocumentKind, split: Split): AsyncGenerator<CorpusDocument> {
  for (const shard of await readIndex(folder)) {
    if (shard.kind !== kind || shard.split !== split) continue;
    const bytes = await readFile(path.join(folder, shard.file));
    if (createHash('sha256').update(bytes).digest('hex') !== shard.sha256)
      throw new CorpusError(`${shard.file} was changed after it was written: run "npm run data" again`);
    for (const line of bytes.toString('utf8').split('\n')) if (line !== '') yield documentSchema.parse(JSON.parse(line));
  }
}
