/** The notices of what others wrote and a package ships, in a bundle or as it is: name, version, licence and its text. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';

/** Licences (SPDX) that ask for no more than their notice. */
const permissive = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'CC0-1.0', 'ISC', 'MIT', 'MIT-0', 'Unlicense', 'Zlib']); // prettier-ignore

/** Texts for packages that come without one, below scripts/package/licences; each as the project's own repository has it. */
const supplied: Readonly<Record<string, string>> = {
  'onnxruntime-common': 'MIT-Microsoft.txt',
  'onnxruntime-node': 'MIT-Microsoft.txt',
};

const manifest = z.looseObject({
  name: z.string(),
  version: z.string(),
  license: z.string().optional(),
  homepage: z.string().optional(),
});

/**
 * The notices of packages, by the folders that they are installed in, relative to `root`; each once, in the order of their names. Throws, naming the packages, if one
 * has a licence that is not known to be permissive, or comes without the text of it.
 */
export function noticesOf(root: string, folders: readonly string[]): string {
  const all = [...new Set(folders)].map((folder) => readPackage(path.join(root, folder)));
  const unique = new Map(all.map((one) => [`${one.name}@${one.version}`, one]));
  const sorted = [...unique.values()].sort((a, b) =>
    a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1,
  );
  const problems = sorted.flatMap(({ name, version, license, texts }) => [
    ...(license === undefined || !isPermissive(license)
      ? [`${name} ${version} has the licence ${license ?? '(none)'}, which is not known to be permissive`]
      : []),
    ...(texts.length === 0
      ? [`${name} ${version} comes without the text of its licence: add it to scripts/package/licences`]
      : []),
  ]);
  if (problems.length > 0) throw new Error(`A package cannot be made: ${problems.join('; ')}.`);
  const entries = sorted.map(({ name, version, license, homepage, texts }) => [
    `${name} ${version} (${license!})`,
    ...(homepage === undefined ? [] : [homepage]),
    '',
    texts.map((text) => text.trim()).join('\n\n'),
  ].join('\n')); // prettier-ignore
  const line = '-'.repeat(80);
  return [`Unmask holds software of others, under the licences below.`, ...entries].join(`\n\n${line}\n`) + '\n';
}

/** Of an SPDX expression: one side of OR must be, both sides of AND. Exceptions (WITH) are not known. */
export function isPermissive(expression: string): boolean {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const one = (): boolean => {
    const token = tokens[at++];
    if (token !== '(') return token !== undefined && permissive.has(token);
    const inner = either();
    return tokens[at++] === ')' && inner;
  };
  const both = (): boolean => {
    let all = one();
    while (tokens[at] === 'AND') {
      at++;
      all = one() && all;
    }
    return all;
  };
  const either = (): boolean => {
    let any = both();
    while (tokens[at] === 'OR') {
      at++;
      any = both() || any;
    }
    return any;
  };
  const result = either();
  return result && at === tokens.length;
}

type Package = z.infer<typeof manifest> & { readonly texts: readonly string[] };

function readPackage(folder: string): Package {
  const found = manifest.parse(JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')));
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile()).map(({ name }) => name); // prettier-ignore
  const own = files.filter((name) => /^(?:licen[cs]e|copying|notice|third-?party-?notice)/i.test(name) && !/\.(?:[cm]?[jt]s|json)$/i.test(name)); // prettier-ignore
  const read = (file: string): string => readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
  const texts = own.sort().map((name) => read(path.join(folder, name)));
  const extra = supplied[found.name];
  if (!own.some((name) => /^(?:licen[cs]e|copying)/i.test(name)) && extra !== undefined)
    texts.unshift(read(path.join(__dirname, 'licences', extra)));
  return { ...found, texts };
}
