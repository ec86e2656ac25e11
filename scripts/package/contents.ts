/** What a package for one platform holds: the files that run, and nothing else. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { globSync } from 'tinyglobby';
import { noticesOf } from './notices';

const root = path.join(__dirname, '..', '..');

/**
 * VS Code's names of the platforms that onnxruntime-node brings binaries for. Not darwin-x64: this version of the
 * runtime has none for it, so there is nothing that a package for it could run a model with.
 */
export const targets = ['linux-x64', 'linux-arm64', 'win32-x64', 'win32-arm64', 'darwin-arm64'] as const;
export type Target = (typeof targets)[number];

/** What the bundles load at run time instead of holding it (`external` of scripts/build.mjs), as the package's own dependencies. */
const runtimeModules = ['onnxruntime-node', 'typescript'] as const;

/** Globs from the root of the checkout. */
function patterns(target: Target): readonly string[] {
  const [system, processor] = target.split('-') as [string, string];
  return [
    ...['LICENSE', 'README.md', 'CHANGELOG.md', 'package.nls*.json', 'l10n/*.json'],
    ...['bin/unmask.js', 'dist/*.js', 'media/**', 'model-assets/**'],
    'samples/node-test/**', // the walkthrough's
    'node_modules/onnxruntime-common/{package.json,dist/cjs/package.json,dist/cjs/**/*.js}',
    'node_modules/onnxruntime-node/{package.json,dist/*.js}',
    `node_modules/onnxruntime-node/bin/napi-v6/${system}/${processor}/*`,
    // The same bytes as libonnxruntime.1.dylib, which is the name that the binding asks for.
    '!node_modules/onnxruntime-node/bin/napi-v6/darwin/*/libonnxruntime.*.*.*.dylib',
    'node_modules/typescript/{package.json,LICENSE.txt,ThirdPartyNoticeText.txt,lib/typescript.js,lib/lib*.d.ts}',
  ];
}

/** Files of a package that are copied as they are, relative to the root of the checkout. Sorted. */
export function copiedFiles(target: Target): string[] {
  return globSync([...patterns(target)], { cwd: root, dot: false, expandDirectories: false }).sort();
}

type Manifest = Record<string, unknown> & { readonly dependencies: Readonly<Record<string, string>> };

function readManifest(file: string): Manifest {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Manifest;
}

/** Manifests that differ from the checkout's: without what only builds, and without dependencies that are in the bundles already. */
function manifests(): Readonly<Record<string, object>> {
  const kept = readManifest('package.json');
  for (const key of ['scripts', 'devDependencies', 'allowScripts', 'overrides', 'private']) Reflect.deleteProperty(kept, key);
  const only = (all: Manifest['dependencies'], names: readonly string[]): Manifest['dependencies'] =>
    Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
  const runtime = readManifest('node_modules/onnxruntime-node/package.json');
  return {
    'package.json': { ...kept, dependencies: only(kept.dependencies, runtimeModules) },
    // The others serve its script of installation, which downloads.
    'node_modules/onnxruntime-node/package.json': {
      ...runtime,
      scripts: {},
      dependencies: only(runtime.dependencies, ['onnxruntime-common']),
    },
  };
}

/** Bundles and what they hold of other packages, as scripts/build.mjs wrote it down. */
function bundledPackages(files: readonly string[]): string[] {
  const file = path.join(root, 'dist', 'bundled.json');
  const record = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, string[]>>) : {};
  return files.flatMap((file) => {
    if (!/^dist\/[^/]+\.js$/.test(file)) return [];
    const packages = record[path.basename(file)];
    if (!packages) throw new Error(`${file} is from an older build. Empty dist/ and build again.`);
    return packages;
  });
}

/** Folders of packages that files of a package lie in. */
function shippedPackages(files: readonly string[]): string[] {
  return files.flatMap((file) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
}

/**
 * Puts a package's files into an empty folder. The checkout is only read; its bundles have to be built. Throws if one of the packages within has a licence that is not
 * known to be permissive, or no text of it.
 */
export function stage(target: Target, folder: string): void {
  const write = (file: string, put: (to: string) => void): void => {
    const to = path.join(folder, file);
    mkdirSync(path.dirname(to), { recursive: true });
    put(to);
  };
  const files = copiedFiles(target);
  const notices = noticesOf(root, [...bundledPackages(files), ...shippedPackages(files)]);
  for (const file of files)
    write(file, (to) => {
      copyFileSync(path.join(root, file), to);
    });
  write('ThirdPartyNotices.txt', (to) => {
    writeFileSync(to, notices);
  });
  for (const [file, manifest] of Object.entries(manifests()))
    write(file, (to) => {
      writeFileSync(to, `${JSON.stringify(manifest, null, 2)}\n`);
    });
}
