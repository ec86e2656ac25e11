// Bundles the extension, the engine, the command line and the test worker into dist/.
import { build } from 'esbuild';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const entries = {
  extension: 'src/extension.ts',
  engine: 'src/engine/main.ts',
  cli: 'src/cli/main.ts',
  'test-worker': 'src/workspace/worker/main.ts',
};
const present = Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(path.join(root, file))));

await build({
  absWorkingDir: root,
  entryPoints: present,
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
});
