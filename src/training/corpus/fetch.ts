/** Tarballs by the npm client, into a cache: what is there and whole is not fetched again. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { CorpusError, type CorpusPackage } from './manifest';

export type Fetched = Pick<CorpusPackage, 'name' | 'version' | 'integrity'>;

/** Fetches `name@version` into a folder that is empty. Throws if it cannot. */
export type Pack = (spec: string, folder: string, signal?: AbortSignal) => Promise<void>;

/** `npm pack`: the registry, proxies and certificates are those of the user's npm. Foreign scripts do not run. */
export const npmPack = async (spec: string | readonly string[], folder: string, signal?: AbortSignal): Promise<void> => {
  const { execa } = await import('execa');
  const specs = typeof spec === 'string' ? [spec] : spec;
  await execa('npm', ['pack', ...specs, '--pack-destination', folder, '--ignore-scripts', '--loglevel=error'], {
    cwd: folder,
    stdin: 'ignore',
    timeout: 600_000,
    ...(signal ? { cancelSignal: signal } : {}),
  });
};

/** Where the cache keeps a package's tarball. */
export function tarballName({ name, version }: Pick<CorpusPackage, 'name' | 'version'>): string {
  return `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
}

/** The tarball's bytes, from the cache or the registry. Throws CorpusError if its checksum is not the manifest's. */
export async function fetchPackage(wanted: Fetched, cache: string, pack: Pack = npmPack, signal?: AbortSignal): Promise<Buffer> {
  const file = path.join(cache, tarballName(wanted));
  const cached = await readFile(file).catch(() => null);
  // A file of another checksum was cut short or changed: it is fetched anew.
  if (cached && integrityOf(cached) === wanted.integrity) return cached;
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(path.join(cache, '.fetching-'));
  try {
    const spec = `${wanted.name}@${wanted.version}`;
    await pack(spec, folder, signal).catch((cause: unknown) => {
      signal?.throwIfAborted();
      const why = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
      throw new CorpusError(`${spec} cannot be fetched: ${why}`, { cause });
    });
    const found = (await readdir(folder)).filter((n) => n.endsWith('.tgz'));
    if (found.length !== 1) throw new CorpusError(`fetching ${spec} gave ${found.length} tarballs`);
    const bytes = await readFile(path.join(folder, found[0]!));
    const integrity = integrityOf(bytes);
    if (integrity !== wanted.integrity)
      throw new CorpusError(`the tarball of ${spec} is not the manifest's: ${integrity}, wanted ${wanted.integrity}`);
    await rename(path.join(folder, found[0]!), file);
    return bytes;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Puts the tarballs of several packages into the cache by one call of the npm client, which costs seconds by itself. Those that it does not get, or whose
 * checksum is another, are left for `fetchPackage` to complain of.
 */
export async function prefetchPackages(wanted: readonly Fetched[], cache: string, signal?: AbortSignal): Promise<void> {
  await mkdir(cache, { recursive: true });
  const there = new Set(await readdir(cache));
  const missing = wanted.filter((one) => !there.has(tarballName(one)));
  if (missing.length === 0) return;
  const folder = await mkdtemp(path.join(cache, '.fetching-'));
  try {
    await npmPack(missing.map(({ name, version }) => `${name}@${version}`), folder, signal).catch(() => undefined); // prettier-ignore
    signal?.throwIfAborted();
    for (const file of (await readdir(folder)).filter((n) => n.endsWith('.tgz'))) {
      const integrity = integrityOf(await readFile(path.join(folder, file)));
      const one = missing.find((m) => m.integrity === integrity);
      if (one) await rename(path.join(folder, file), path.join(cache, tarballName(one)));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function integrityOf(bytes: Uint8Array): string {
  return `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
}
