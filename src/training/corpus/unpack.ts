/** Reading a package's tarball in memory: nothing of it is ever written under a name of its own choosing. */
import { Parser } from 'tar';
import { CorpusError } from './manifest';

export interface UnpackLimits {
  /** Files in a tarball. */
  readonly entries: number;
  /** Bytes of all files together, unpacked. */
  readonly total: number;
  /** Larger files are passed over. */
  readonly file: number;
}

export const unpackLimits: UnpackLimits = { entries: 60_000, total: 1e9, file: 1.5e6 };

export interface UnpackedFile {
  /** Inside the package, with forward slashes. */
  readonly path: string;
  readonly bytes: Buffer;
}

export interface Unpacked {
  /** In the order of their paths. */
  readonly files: readonly UnpackedFile[];
  /** Plain files that were too large or whose paths are not to be trusted. */
  readonly passedOver: readonly { readonly path: string; readonly reason: 'large' | 'unsafe path' }[];
}

/**
 * The plain files of a tarball that `wants` takes. Links, devices and folders are ignored. Throws CorpusError if the tarball is damaged or beyond the limits: small
 * archives can unpack to anything.
 */
export async function unpack(
  tarball: Uint8Array,
  wants: (path: string) => boolean,
  limits: UnpackLimits = unpackLimits,
): Promise<Unpacked> {
  const files: UnpackedFile[] = [];
  const passedOver: { path: string; reason: 'large' | 'unsafe path' }[] = [];
  let [entries, total] = [0, 0];
  await new Promise<void>((resolve, reject) => {
    const fail = (cause: unknown): void => {
      reject(cause instanceof CorpusError ? cause : new CorpusError('the tarball is damaged', { cause }));
      parser.abort(cause instanceof Error ? cause : new Error(String(cause)));
    };
    const parser = new Parser({
      strict: true,
      onReadEntry: (entry) => {
        total += entry.size;
        if (++entries > limits.entries || total > limits.total) {
          fail(new CorpusError(`the tarball holds more than ${limits.entries} files or ${limits.total} bytes`));
          return;
        }
        const inside = insidePackage(entry.path);
        const plain = entry.type === 'File' || entry.type === 'OldFile' || entry.type === 'ContiguousFile';
        if (plain && inside === null) passedOver.push({ path: entry.path, reason: 'unsafe path' });
        if (!plain || inside === null || !wants(inside)) {
          entry.resume();
        } else if (entry.size > limits.file) {
          passedOver.push({ path: inside, reason: 'large' });
          entry.resume();
        } else {
          const parts: Buffer[] = [];
          entry.on('data', (part: Buffer) => parts.push(part));
          entry.on('end', () => files.push({ path: inside, bytes: Buffer.concat(parts) }));
        }
      },
    });
    parser.on('error', fail);
    parser.on('end', () => {
      resolve();
    });
    parser.end(Buffer.from(tarball.buffer, tarball.byteOffset, tarball.byteLength));
  });
  const byPath = new Map(files.map((f) => [f.path, f]));
  const sorted = [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files: sorted, passedOver: passedOver.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

/** The path without the tarball's own top folder (usually `package/`); null if it leads elsewhere, or names nothing. */
function insidePackage(entryPath: string): string | null {
  // eslint-disable-next-line no-control-regex
  if (/^[/\\]|^[A-Za-z]:|[\\\u0000-\u001f]/.test(entryPath)) return null;
  const parts = entryPath.split('/').filter((p) => p !== '' && p !== '.');
  if (parts.includes('..') || parts.length < 2) return null;
  return parts.slice(1).join('/');
}
