import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CliError } from './exit';

/** sha256 of a text, in hex: how results name the text that they were computed on. */
export function textHash(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/**
 * Replaces the file's text in one step (a reader sees the old or the new, never half), and only while it still is the text
 * that the change was computed on. Keeps the mode, and writes through a symbolic link. Throws `CliError`.
 */
export async function applyText(file: string, newText: string, baseHash: string): Promise<void> {
  await applyTexts([{ file, newText, baseHash, isNew: false }]);
}

/** A file's new text. `isNew`: there is no such file yet; its folder may be missing, too. */
export interface NewText {
  readonly file: string;
  readonly newText: string;
  readonly baseHash: string;
  readonly isNew: boolean;
}

/**
 * The same for several files: every one of them is looked at, and its new text lies beside it, before the first is replaced; what fails before that
 * changes nothing.
 */
export async function applyTexts(files: readonly NewText[]): Promise<void> {
  const ready: { readonly file: string; readonly target: string; readonly temporary: string }[] = [];
  try {
    const targets = [];
    for (const { file, baseHash, isNew } of files)
      targets.push(isNew ? await freeTarget(file) : await unchangedTarget(file, baseHash));
    for (const [i, { file, newText, isNew }] of files.entries()) {
      const target = targets[i]!;
      const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
      ready.push({ file, target, temporary });
      await written(file, () => writeFile(temporary, newText, { flag: 'wx' }));
      if (!isNew) await written(file, async () => chmod(temporary, (await stat(target)).mode));
    }
    for (const { file, target, temporary } of ready) await written(file, () => rename(temporary, target));
  } finally {
    for (const { temporary } of ready) await rm(temporary, { force: true });
  }
}

async function unchangedTarget(file: string, baseHash: string): Promise<string> {
  const target = await realpath(file);
  if (textHash(await readFile(target, 'utf8')) === baseHash) return target;
  throw new CliError(`${file} has changed since this was computed, so it was not applied. Run the command again.`);
}

async function freeTarget(file: string): Promise<string> {
  if (existsSync(file)) throw new CliError(`${file} exists by now, so nothing was applied. Run the command again.`);
  await mkdir(path.dirname(file), { recursive: true });
  return file;
}

async function written(file: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new CliError(`${file} could not be written: ${(error as Error).message}`);
  }
}
