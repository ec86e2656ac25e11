// Bundles the extension, the engine, the command line and the test worker into dist/.
import { build } from 'esbuild';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const entries = {
  extension: 'src/extension.ts',
  client: 'src/client/index.ts',
  engine: 'src/engine/main.ts',
  cli: 'src/cli/main.ts',
  'test-worker': 'src/workspace/worker/main.ts',
  'call-worker': 'src/training/tasks/repair/call-worker.ts',
  'bench-d1': 'src/bench/d1/worker.ts',
  'bench-train': 'src/bench/train/worker.ts',
  'bench-quality': 'src/bench/quality/worker.ts',
};
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

/** The extension loads its client with the first request, from a bundle of its own: 11 ms instead of 45 at every activation. */
const clientApart = {
  name: 'client-apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/client$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './client.js', external: true } : undefined,
    );
  },
};

const common = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  sourcemap: true,
  logLevel: 'warning',
  // Native or large: loaded from node_modules when (and only if) they are needed.
  external: ['vscode', 'onnxruntime-node', 'typescript'],
  mainFields: ['module', 'main'],
  plugins: [clientApart],
  // Some libraries are ES modules that ask where they lie; in a CommonJS bundle that is where the bundle lies.
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "'use strict'; const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
};

const { engine, ...others } = entries;
await build({ ...common, entryPoints: pick(others) });
// "require" for what it loads lazily: Node's "import" first scans all 9 MB of TypeScript for export names, a second of work
// during which the engine answers nothing. Not for the test worker, which imports ES modules of the project under test.
await build({ ...common, entryPoints: pick({ engine }), supported: { 'dynamic-import': false } });
await build({ ...common, entryPoints: pick(reporters), footer: { js: 'module.exports = module.exports.default;' } });
