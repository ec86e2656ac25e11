/** Files that are whole or not there: written beside their place, forced to the disk, then moved. */
import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** Largest piece given to one write: the system takes no more than 2 GiB at once. */
const writePiece = 1 << 30;

/** Ending of files that are being written; one that is found belongs to a process that died. */
export const partialSuffix = '.partial';

/**
 * Writes the pieces one after the other into a file that replaces `file` in one step: a reader sees the old or the new, and after a crash or a
 * power cut one of the two is there. The folder must exist. On an error nothing is left behind.
 */
export async function writeFileAtomically(file: string, pieces: Iterable<Uint8Array>): Promise<void> {
  const partial = `${file}.${randomBytes(6).toString('hex')}${partialSuffix}`;
  try {
    const handle = await open(partial, 'wx');
    try {
      for (const piece of pieces) {
        for (let at = 0; at < piece.length;) {
          const { bytesWritten } = await handle.write(piece, at, Math.min(writePiece, piece.length - at));
          at += bytesWritten;
        }
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  await syncFolder(path.dirname(file));
}

/** Forces a folder's entries to the disk: a rename is durable only then. Windows knows no such call, and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
