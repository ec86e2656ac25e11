/** Adding packages to a manifest with what the registry says of them. */
import * as z from 'zod';
import { CorpusError, isPermissive, parseManifest, type CorpusPackage, type Manifest } from './manifest';

const viewed = z.object({ name: z.string(), version: z.string(), license: z.string(), 'dist.integrity': z.string() });

/** What the registry says of `NAME` or `NAME@VERSION`, asked by the npm client. Throws CorpusError if there is no such package or its licence is not permissive. */
export async function pinned(spec: string, split: CorpusPackage['split']): Promise<CorpusPackage> {
  const { execa } = await import('execa');
  const { stdout } = await execa('npm', ['view', spec, 'name', 'version', 'license', 'dist.integrity', '--json'], {
    stdin: 'ignore',
    timeout: 120_000,
  }).catch((cause: unknown) => {
    throw new CorpusError(`the registry does not know ${spec}`, { cause });
  });
  const parsed = viewed.safeParse(JSON.parse(stdout));
  if (!parsed.success) throw new CorpusError(`${spec} is not one version with a licence and a checksum`);
  const { name, version, license, 'dist.integrity': integrity } = parsed.data;
  if (!isPermissive(license)) throw new CorpusError(`the licence of ${name}@${version}, ${license}, is not permissive`);
  return { name, version, license, integrity, split };
}

/** The manifest with packages added, or put in the place of their other versions (whose folders and split stay), as text. */
export function withPackages(manifest: Manifest, added: readonly CorpusPackage[]): string {
  const byName = new Map(manifest.packages.map((p) => [p.name, p]));
  for (const p of added) {
    const { only, not, split } = byName.get(p.name) ?? p;
    byName.set(p.name, { ...p, split, ...(only ? { only } : {}), ...(not ? { not } : {}) });
  }
  const packages = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  // Lists of folders on one line each, as the formatter has them.
  const text = `${JSON.stringify({ version: 1, packages }, null, 2)}\n`.replace(/\[\s+("[^\]]*")\s+\]/g, (_, list: string) => `[${list.replace(/\s*\n\s*/g, ' ')}]`); // prettier-ignore
  parseManifest(text);
  return text;
}
