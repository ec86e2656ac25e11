/** The code that models are measured on, and that the n-gram model learns from. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { glob } from 'tinyglobby';
import { normalised } from '../../training/corpus/clean';
import { readDocuments, readIndex } from '../../training/corpus/shards';
import { Random } from '../../training/random';
import type { Job } from './job';

export interface Document {
  readonly package: string | null;
  readonly path: string;
  readonly text: string;
}

/** Files that can't be measured on. The message is for the user. */
export class TextsError extends Error {
  override readonly name = 'TextsError';
}

/** Parsing each candidate within a file takes longer, the longer the file. */
const longestDocument = 60_000;
const pattern = '**/*.{js,jsx,mjs,cjs,ts,tsx,mts,cts}';
const ignore = ['**/node_modules/**', '**/dist/**', '**/*.min.js', '**/*.d.ts'];

/** The files that the job names, or else the corpus's held-out files. Throws CorpusError where there is no corpus, TextsError where the files hold nothing. */
export async function heldOutTexts(job: Pick<Job, 'corpus' | 'files'>): Promise<Document[]> {
  const all = job.files === null ? await fromCorpus(job.corpus, 'held-out', Infinity) : await fromFiles(job.files);
  const kept = all.filter(({ text }) => text.trim() !== '' && text.length <= longestDocument);
  if (kept.length === 0)
    throw new TextsError(`There is no JavaScript or TypeScript to measure on in ${job.files ?? job.corpus}.`);
  return kept;
}

/**
 * Texts to learn from, of about so many characters: the corpus's training part, or the samples where there is no corpus; never what is
 * measured on.
 */
export async function trainingTexts(
  job: Pick<Job, 'corpus' | 'samples'>,
  characters: number,
  measured: readonly Document[],
): Promise<{ readonly source: string; readonly documents: readonly Document[] }> {
  const known = new Set(measured.map((d) => d.text));
  const isThere = await stat(path.join(job.corpus, 'report.json')).then(
    () => true,
    () => false,
  );
  if (isThere) {
    const documents = (await fromCorpus(job.corpus, 'train', characters)).filter((d) => !known.has(d.text));
    return { source: "the corpus's training part", documents };
  }
  const documents = (await fromFiles(job.samples)).filter((d) => !known.has(d.text));
  return { source: documents.length > 0 ? 'the samples' : 'nothing: the samples are what is measured on', documents };
}

async function fromCorpus(folder: string, split: 'train' | 'held-out', characters: number): Promise<Document[]> {
  const found: Document[] = [];
  const shards = (await readIndex(folder)).filter((s) => s.kind === 'code' && s.split === split);
  // Every so many-th document: the corpus is in the order of its packages.
  const stride = Math.max(1, Math.floor(shards.reduce((n, s) => n + s.characters, 0) / characters));
  let number = 0;
  for await (const document of readDocuments(folder, 'code', split)) if (number++ % stride === 0) found.push(document);
  return found;
}

/** A folder's code, or what a pattern matches; sorted. */
async function fromFiles(files: string): Promise<Document[]> {
  const isFolder = await stat(files).then(
    (s) => s.isDirectory(),
    () => false,
  );
  const paths = isFolder
    ? await glob(pattern, { cwd: files, ignore, absolute: true })
    : await glob(files.replaceAll('\\', '/'), { ignore, absolute: true });
  const code = paths.filter((p) => /\.[cm]?[jt]sx?$/.test(p)).sort();
  return Promise.all(code.map(async (p) => ({ package: null, path: p, text: normalised(await readFile(p, 'utf8')) })));
}

const pieceLength = 6000;

/** Pieces of documents drawn at random, at line breaks, of so many characters together or a little more; all there is, if that is less. */
export function drawPieces(documents: readonly Document[], characters: number, seed: number): string[] {
  const random = Random.seeded(seed);
  const order = documents.map((d) => d.text);
  const pieces: string[] = [];
  let count = 0;
  while (order.length > 0 && count < characters) {
    const [text] = order.splice(random.below(order.length), 1);
    const from = random.below(Math.max(1, text!.length - pieceLength));
    const start = from === 0 ? 0 : text!.lastIndexOf('\n', from) + 1;
    const piece = text!.slice(start, Math.min(start + pieceLength, start + characters - count));
    pieces.push(piece);
    count += piece.length;
  }
  return pieces;
}
