/** Versions of a package, as the registry tells them: those whose licence is permissive, in their order, without pre-releases. */
import * as z from 'zod';
import { isPermissive, type CorpusPackage } from '../../corpus/manifest';

const viewed = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string().optional(),
  'dist.integrity': z.string().optional(),
});

export type Version = Pick<CorpusPackage, 'name' | 'version' | 'license' | 'integrity'>;

/** The newest `most` versions of a package, oldest first. None where the registry does not know it. */
export async function versionsOf(name: string, most: number, signal?: AbortSignal): Promise<Version[]> {
  const { execa } = await import('execa');
  const asked = await execa('npm', ['view', `${name}@>=0.0.0`, 'name', 'version', 'license', 'dist.integrity', '--json'], {
    stdin: 'ignore',
    timeout: 120_000,
    reject: false,
    maxBuffer: 64e6,
    ...(signal ? { cancelSignal: signal } : {}),
  });
  signal?.throwIfAborted();
  return readVersions(asked.stdout).slice(-most);
}

/** Reads what `npm view` prints: one object, or a list of them. */
export function readVersions(json: string): Version[] {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch {
    return [];
  }
  const found = (Array.isArray(raw) ? raw : [raw]).flatMap((one): Version[] => {
    const parsed = viewed.safeParse(one);
    if (!parsed.success) return [];
    const { name, version, license, 'dist.integrity': integrity } = parsed.data;
    const usable = /^\d+\.\d+\.\d+$/.test(version) && license !== undefined && isPermissive(license) && integrity?.startsWith('sha512-');
    return usable === true ? [{ name, version, license, integrity: integrity! }] : [];
  }); // prettier-ignore
  return found.sort((a, b) => compare(a.version, b.version));
}

function compare(a: string, b: string): number {
  const [x, y] = [a, b].map((v) => v.split('.').map(Number));
  return x!.map((n, i) => n - y![i]!).find((d) => d !== 0) ?? 0;
}
