import { readFileSync } from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import vm from 'node:vm';

/** How long the bundle takes to load into an extension host. */
export function loadingMs(bundle: string): number {
  const start = performance.now();
  const module: { exports: unknown } = { exports: {} };
  const load = new vm.Script(Module.wrap(readFileSync(bundle, 'utf8')), { filename: bundle }).runInThisContext() as (
    ...args: unknown[]
  ) => void;
  load(module.exports, require, module, bundle, path.dirname(bundle));
  return performance.now() - start;
}
