// Bundles the extension, the engine, the command line, and what runs in processes and threads beside them, into dist/.
import { build } from 'esbuild';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const entries = {
  extension: 'src/extension.ts',
  client: 'src/client/index.ts',
  later: 'src/editor/later.ts',
  engine: 'src/engine/main.ts',
  cli: 'src/cli/main.ts',
  'test-worker': 'src/workspace/worker/main.ts',
  'refactor-thread': 'src/engine/refactor/language/main.ts',
  'call-worker': 'src/training/tasks/repair/call-worker.ts',
  'probe-worker': 'src/training/tasks/histories/probe-worker.ts',
  'bench-d1': 'src/bench/d1/worker.ts',
  'bench-train': 'src/bench/train/worker.ts',
  'bench-editor': 'src/bench/editor/worker.ts',
  'bench-quality': 'src/bench/quality/worker.ts',
};
/** Scripts of web views: they run in a page, not in Node. */
const pages = { 'denoising-view': 'src/editor/denoising/web/main.ts' };
/** Loaded by test runners, which want the module itself to be the reporter. */
const reporters = {
  'mocha-reporter': 'src/workspace/hooks/mocha-reporter.ts',
  'node-test-reporter': 'src/workspace/hooks/node-test-reporter.ts',
};
// `node scripts/build.mjs NAME…` builds only those.
const asked = process.argv.slice(2);
const pick = (all) =>
  Object.fromEntries(
    Object.entries(all).filter(
      ([name, file]) => existsSync(path.join(root, file)) && (asked.length === 0 || asked.includes(name)),
    ),
  );

/** The extension loads its client, and what features need only in use, from bundles of their own: 11 ms instead of 45 at every activation. */
const apart = {
  name: 'apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/(client|later)$/ }, ({ kind, path: name }) =>
      kind === 'dynamic-import' ? { path: `./${path.basename(name)}.js`, external: true } : undefined,
    );
  },
};

/**
 * VS Code's API is asked for once a bundle, and only for what is used of it: esbuild would ask for it, and copy all of it, in each of fifty modules, which was
 * half of the time that the extension takes to load.
 */
const editorApi = {
  name: 'editor-api',
  setup({ onResolve, onLoad }) {
    const namespace = 'editor-api';
    onResolve({ filter: /^vscode$/ }, ({ namespace: from }) =>
      from === namespace ? { path: 'vscode', external: true } : { path: 'vscode', namespace },
    );
    onLoad({ filter: /^vscode$/, namespace }, () => {
      const names = apiNames(path.join(root, 'src'));
      const exported = names.map((name) => `export const ${name} = api.${name};`);
      return { contents: [`const api = require('vscode');`, ...exported].join('\n') };
    });
  },
};

/** What the sources below a folder use of the API (types among it, which are nothing at run time). */
function apiNames(folder) {
  const sources = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.ts'));
  const used = sources.flatMap((name) => [...readFileSync(path.join(folder, name), 'utf8').matchAll(/\bvscode\.(\w+)/g)]);
  return [...new Set(used.map(([, name]) => name))].sort();
}

const common = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  sourcemap: true,
  logLevel: 'warning',
  metafile: true,
  // Native or large: loaded from node_modules when (and only if) they are needed.
  external: ['onnxruntime-node', 'typescript'],
  mainFields: ['module', 'main'],
  plugins: [apart, editorApi],
  // Some libraries are ES modules that ask where they lie; in a CommonJS bundle that is where the bundle lies.
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "'use strict'; const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
};

const { engine, ...others } = entries;
const built = [await build({ ...common, entryPoints: pick(others) })];
// "require" for what it loads lazily: Node's "import" first scans all 9 MB of TypeScript for export names, a second of work
// during which the engine answers nothing. Not for the test worker, which imports ES modules of the project under test.
built.push(await build({ ...common, entryPoints: pick({ engine }), supported: { 'dynamic-import': false } }));
built.push(await build({ ...common, entryPoints: pick(reporters), footer: { js: 'module.exports = module.exports.default;' } }));
/** Pages speak the words that the extension sends them: the 50 languages of the checks' own messages stay out. */
const withoutLocales = {
  name: 'without-locales',
  setup({ onLoad }) {
    onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: "export { default as en } from './en.js';" }));
  },
};
const page = await build({
  ...common,
  plugins: [withoutLocales],
  entryPoints: pick(pages),
  platform: 'browser',
  target: 'es2022',
  format: 'iife',
  minify: true,
  sourcemap: false,
  external: [],
  define: {},
  banner: {},
});
built.push(page);

/** Folders of the packages that each bundle holds code of, for the notices of scripts/package: a bundle that was not built keeps its entry. */
const record = path.join(root, 'dist', 'bundled.json');
const bundled = existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : {};
for (const { metafile } of built)
  for (const [file, { inputs }] of Object.entries(metafile.outputs)) {
    if (!file.endsWith('.js')) continue;
    const used = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
    const folders = used.map(([input]) => /(?<=^|\/)node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]);
    bundled[path.basename(file)] = [...new Set(folders.filter((folder) => folder !== undefined))].sort();
  }
writeFileSync(record, `${JSON.stringify(bundled, null, 1)}\n`);
