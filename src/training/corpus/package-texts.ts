/** One package's documents: which of its files are taken, and what of them. */
import { cleaned, cleanOptions, normalised, type CommentFault } from './clean';
import { CorpusError, assertOwnLicence, type CorpusPackage } from './manifest';
import { secretIn } from './secrets';
import { faultOfPath, faultOfText, isSource, kindOf, type FileFault, type FileKind } from './select';
import { syntaxOf, type Range } from './syntax';
import { unpack } from './unpack';

export interface SourceText {
  readonly package: string;
  readonly path: string;
  readonly kind: FileKind;
  readonly text: string;
}

export type Fault = FileFault | 'not asked for' | 'large' | 'unsafe path' | 'secret';

export interface PackageTexts {
  readonly texts: readonly SourceText[];
  /** Source files in the tarball, and their bytes. */
  readonly files: number;
  readonly bytes: number;
  /** Number of source files left out, by why. */
  readonly left: Readonly<Partial<Record<Fault, number>>>;
  readonly commentsRemoved: Readonly<Record<CommentFault, number>>;
  /** Files left out for what looked like a secret: never the secret itself. */
  readonly secrets: readonly { readonly path: string; readonly what: string }[];
}

/** Throws CorpusError if the tarball is damaged, or is not the package, or its licence is not permissive. */
export async function textsOf(p: CorpusPackage, tarball: Uint8Array): Promise<PackageTexts> {
  const { files, passedOver } = await unpack(tarball, (path) => isSource(path) || path === 'package.json').catch(
    (cause: unknown) => {
      throw new CorpusError(`${p.name}@${p.version}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    },
  );
  const own = files.find((f) => f.path === 'package.json');
  if (!own) throw new CorpusError(`the tarball of ${p.name}@${p.version} has no package.json`);
  assertOwnLicence(own.bytes.toString('utf8'), p);
  const left: Partial<Record<Fault, number>> = {};
  const leave = (fault: Fault): void => void (left[fault] = (left[fault] ?? 0) + 1);
  for (const { path, reason } of passedOver) if (isSource(path)) leave(reason);
  const texts: SourceText[] = [];
  const secrets: { path: string; what: string }[] = [];
  const commentsRemoved: Record<CommentFault, number> = { licence: 0, directive: 0, address: 0, long: 0 };
  let bytes = 0;
  for (const file of files) {
    if (!isSource(file.path)) continue;
    bytes += file.bytes.length;
    const fault = faultOfPlace(p, file.path);
    if (fault) {
      leave(fault);
      continue;
    }
    const read = readText(file.path, file.bytes);
    if (typeof read === 'string') {
      leave(read);
      continue;
    }
    const secret = secretIn(read.text);
    if (secret !== null) {
      leave('secret');
      secrets.push({ path: file.path, what: secret });
      continue;
    }
    for (const [why, count] of Object.entries(read.removed)) commentsRemoved[why as CommentFault] += count;
    texts.push({ package: p.name, path: file.path, kind: kindOf(file.path), text: read.text });
  }
  return { texts, files: files.filter((f) => isSource(f.path)).length, bytes, left, commentsRemoved, secrets };
}

/** By the manifest's own lists, then by what paths usually mean; a folder that the manifest names is taken whatever it is called. */
export function faultOfPlace(p: CorpusPackage, path: string): Fault | null {
  const under = (folder: string): boolean => path === folder || path.startsWith(`${folder.replace(/\/$/, '')}/`);
  if (p.not?.some(under)) return 'not asked for';
  if (!p.only) return faultOfPath(path);
  const folder = p.only.find(under);
  if (folder === undefined) return 'not asked for';
  return path === folder ? null : faultOfPath(path.slice(folder.length).replace(/^\//, ''));
}

/** The text as it is to be learnt, or what is wrong with it. */
function readText(path: string, bytes: Buffer): { text: string; removed: Readonly<Record<CommentFault, number>> } | FileFault {
  let text: string;
  try {
    text = normalised(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return 'not UTF-8';
  }
  // Before the parse, which is what takes long.
  const early = faultOfText(text, { literals: 0, comments: 0 });
  if (early) return early;
  const syntax = syntaxOf(path, text);
  if (!syntax.sound) return 'syntax';
  const shape = { literals: lengthOf(syntax.literals), comments: lengthOf(syntax.comments) };
  const late = faultOfText(text, shape);
  if (late) return late;
  const result = cleaned(text, syntax, cleanOptions);
  return result.text.length < 80 ? 'tiny' : result;
}

function lengthOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, r) => sum + r.end - r.start, 0);
}
