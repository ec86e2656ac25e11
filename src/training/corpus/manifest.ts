/** The packages that the corpus is made from: a committed list, exact to the byte by the registry's own checksums. */
import { readFile } from 'node:fs/promises';
import * as z from 'zod';

/** A manifest, package or archive that cannot be used. The message is for the user. */
export class CorpusError extends Error {
  override readonly name = 'CorpusError';
}

/** Licences that let anyone learn from the code and pass on what was learnt, on no other condition than naming them. */
export const permissiveLicences: ReadonlySet<string> = new Set([
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  '0BSD',
  'BlueOak-1.0.0',
]);

const packageName = z.string().regex(/^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/, 'no name of a package');
const exactVersion = z.string().regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/, 'no exact version');
const folders = z.array(z.string().regex(/^[^/\\]/, 'a path inside the package')).optional();

const packageSchema = z.strictObject({
  name: packageName,
  version: exactVersion,
  /** As the registry names it. */
  license: z.string(),
  /** Subresource integrity of the tarball, SHA-512. */
  integrity: z.string().regex(/^sha512-[A-Za-z0-9+/]{86}==$/, 'no SHA-512 integrity'),
  split: z.enum(['train', 'held-out']),
  /** Paths inside the package that are taken (files, or folders with everything below). Default: all. */
  only: folders,
  /** Paths that are left out, whatever `only` says. */
  not: folders,
});

const manifestSchema = z.strictObject({ version: z.literal(1), packages: z.array(packageSchema).min(1) });

export type CorpusPackage = z.infer<typeof packageSchema>;
export type Manifest = z.infer<typeof manifestSchema>;

/** Reads a manifest; packages come in the order of their names. Throws CorpusError if it is none, or names a package twice or one whose licence is not permissive. */
export async function readManifest(file: string): Promise<Manifest> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CorpusError(`${file} cannot be read`, { cause });
  });
  return parseManifest(text, file);
}

export function parseManifest(text: string, name = 'the manifest'): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new CorpusError(`${name} is not JSON`, { cause });
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) throw new CorpusError(`${name} is no manifest of packages: ${z.prettifyError(parsed.error)}`);
  const packages = [...parsed.data.packages].sort((a, b) => (a.name < b.name ? -1 : 1));
  packages.forEach((p, i) => {
    if (packages[i + 1]?.name === p.name) throw new CorpusError(`${name} lists ${p.name} twice`);
    if (!isPermissive(p.license)) throw new CorpusError(`${name}: the licence of ${p.name}, ${p.license}, is not permissive`);
  });
  return { ...parsed.data, packages };
}

/** Whether an SPDX expression allows what the corpus is for: any side of an OR will do, both sides of an AND must. */
export function isPermissive(expression: string): boolean {
  const bare = expression.trim().replace(/^\((.*)\)$/, '$1');
  if (/[()]/.test(bare)) return false;
  return bare.split(/ OR /i).some((side) => side.split(/ AND /i).every((id) => permissiveLicences.has(id.trim())));
}

const ownLicense = z.looseObject({
  name: z.string(),
  version: z.string(),
  license: z.union([z.string(), z.looseObject({ type: z.string() })]).optional(),
  licenses: z.array(z.looseObject({ type: z.string() })).optional(),
});

/**
 * Checks what a tarball's own package.json says of itself. Throws CorpusError if it is another package or version, or its licence is not permissive: the
 * registry's entry could have been mistaken.
 */
export function assertOwnLicence(packageJson: string, wanted: Pick<CorpusPackage, 'name' | 'version'>): void {
  const label = `${wanted.name}@${wanted.version}`;
  let json: unknown;
  try {
    json = JSON.parse(packageJson);
  } catch (cause) {
    throw new CorpusError(`package.json of ${label} is not JSON`, { cause });
  }
  const parsed = ownLicense.safeParse(json);
  if (!parsed.success) throw new CorpusError(`package.json of ${label} is not understood: ${z.prettifyError(parsed.error)}`);
  const { name, version, license, licenses } = parsed.data;
  if (name !== wanted.name || version !== wanted.version)
    throw new CorpusError(`the tarball of ${label} holds ${name}@${version}`);
  const one = typeof license === 'string' ? license : license?.type;
  const named = one === undefined ? (licenses ?? []).map((l) => l.type) : [one];
  if (!named.some(isPermissive))
    throw new CorpusError(`the licence of ${label} is not permissive: ${named.join(', ') || 'none is named'}`);
}
