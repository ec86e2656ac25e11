import { existsSync } from 'node:fs';
import path from 'node:path';
import { WorkspaceError } from './errors';

/** Scripts that run inside test processes and in threads of the engine; scripts/build.mjs bundles them beside it. */
export type RuntimeFile =
  'test-worker' | 'call-worker' | 'probe-worker' | 'refactor-thread' | 'mocha-reporter' | 'node-test-reporter';

/** Finds a bundled script: beside this bundle, or in dist/ of the repository when run from source. */
export function runtimeFile(name: RuntimeFile): string {
  for (let dir = __dirname; ; dir = path.dirname(dir)) {
    for (const file of [path.join(dir, `${name}.js`), path.join(dir, 'dist', `${name}.js`)]) if (existsSync(file)) return file;
    if (path.dirname(dir) === dir) break;
  }
  throw new WorkspaceError('not-built', `dist/${name}.js is missing: run \`npm run build\` (or install the extension again).`);
}
