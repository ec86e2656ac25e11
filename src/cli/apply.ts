import { createHash, randomBytes } from 'node:crypto';
import { readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CliError } from './exit';

/** sha256 of a text, in hex: how results name the text that they were computed on. */
export function textHash(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/**
 * Replaces the file's text in one step (a reader sees the old or the new, never half), and only while it still is the text
 * that the fix was computed on. Keeps the mode, and writes through a symbolic link.
 */
export async function applyText(file: string, newText: string, baseHash: string): Promise<void> {
  const target = await realpath(file);
  if (textHash(await readFile(target, 'utf8')) !== baseHash) {
    throw new CliError(`${file} has changed since the fix was computed, so it was not applied. Run the command again.`);
  }
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await writeFile(temporary, newText, { mode: (await stat(target)).mode, flag: 'wx' });
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new CliError(`${file} could not be written: ${(error as Error).message}`);
  }
}
