/** Reading the small text files of a model folder: bounded, and every failure is a ModelError for the user. */
import { readFile, stat } from 'node:fs/promises';
import { ModelError } from './errors';

/** Largest sizes that are believed, in bytes; real files are far smaller. */
export const textLimits = { config: 1e6, manifest: 1e6, shardIndex: 64e6, tokenizer: 128e6 } as const;

/** The parsed JSON of a file; null where there is none. Throws ModelError if it is no plain file, too large or not JSON. */
export async function readOptionalJson(file: string, maxBytes: number): Promise<{ readonly json: unknown } | null> {
  const size = await plainFileSize(file);
  if (size === null) return null;
  if (size > maxBytes) throw new ModelError(`${file} holds ${size} bytes; more than ${maxBytes} are not believed`);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ModelError(`${file} cannot be read`, { cause });
  });
  try {
    return { json: JSON.parse(text) as unknown };
  } catch (cause) {
    throw new ModelError(`${file} does not hold valid JSON`, { cause });
  }
}

/** As `readOptionalJson`, of a file that must be there. */
export async function readJson(file: string, maxBytes: number): Promise<unknown> {
  const found = await readOptionalJson(file, maxBytes);
  if (!found) throw new ModelError(`${file} is missing`);
  return found.json;
}

/** Size of a plain file, null where there is none. Others are refused before they are opened: opening a pipe waits for ever. */
export async function plainFileSize(file: string): Promise<number | null> {
  const found = await stat(file).catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new ModelError(`${file} cannot be read`, { cause });
  });
  if (found && !found.isFile()) throw new ModelError(`${file} is not a plain file`);
  return found ? found.size : null;
}
