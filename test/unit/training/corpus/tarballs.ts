/** Packages made up for tests, as the registry would hold them. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';
import { integrityOf, type Pack } from '../../../../src/training/corpus/fetch';
import type { CorpusPackage } from '../../../../src/training/corpus/manifest';

export interface TarEntry {
  readonly path: string;
  readonly text?: string;
  readonly type?: 'File' | 'SymbolicLink' | 'Directory';
  readonly linkpath?: string;
  /** What the header claims, where it is not the truth. */
  readonly size?: number;
}

/** A gzipped tarball of just these entries, however unwise. */
export function tarball(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap(({ path: name, text = '', type = 'File', linkpath, size }) => {
    const body = Buffer.from(text);
    const header = new Header({
      path: name,
      type,
      size: size ?? body.length,
      mode: 0o644,
      mtime: new Date(0),
      ...(linkpath ? { linkpath } : {}),
    });
    header.encode();
    return [header.block!, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

export interface MadePackage {
  readonly entry: CorpusPackage;
  readonly tarball: Buffer;
}

export function madePackage(
  name: string,
  files: Readonly<Record<string, string>>,
  more: { license?: string; ownLicense?: string; split?: CorpusPackage['split']; only?: string[] } = {},
): MadePackage {
  const license = more.license ?? 'MIT';
  const own = JSON.stringify({ name, version: '1.0.0', license: more.ownLicense ?? license });
  const bytes = tarball([
    { path: 'package/package.json', text: own },
    ...Object.entries(files).map(([file, text]) => ({ path: `package/${file}`, text })),
  ]);
  const { split = 'train', only } = more;
  return {
    entry: { name, version: '1.0.0', license, integrity: integrityOf(bytes), split, ...(only ? { only } : {}) },
    tarball: bytes,
  };
}

/** A registry of made packages, which counts what it is asked for. */
export function registry(packages: readonly MadePackage[]): { pack: Pack; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    pack: (spec, folder) => {
      asked.push(spec);
      const found = packages.find((p) => spec === `${p.entry.name}@1.0.0`);
      if (!found) return Promise.reject(new Error(`404 ${spec}`));
      writeFileSync(path.join(folder, 'some-name.tgz'), found.tarball);
      return Promise.resolve();
    },
  };
}
