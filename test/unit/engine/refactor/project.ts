import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { refactorParams, type RefactorParams, type RefactorResult } from '../../../../src/protocol/refactor';
import { refactor } from '../../../../src/engine/refactor/service';
import type { CodeModel } from '../../../../src/diffusion/code-model';
import type { Progress } from '../../../../src/protocol/messages';
import { ensureBundles } from '../../helpers/bundles';

const repository = path.resolve(__dirname, '..', '..', '..', '..');

export interface TestProject {
  readonly root: string;
  file(name: string): string;
  dispose(): void;
}

/** A package on disk whose tests run with the repository's mocha. The thread that looks at it runs from dist/. */
export function project(files: Readonly<Record<string, string>>): TestProject {
  ensureBundles();
  const root = mkdtempSync(path.join(os.tmpdir(), 'unmask-refactor-'));
  const all = { 'package.json': JSON.stringify({ name: 'p', scripts: { test: 'mocha' } }), ...files };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  symlinkSync(path.join(repository, 'node_modules'), path.join(root, 'node_modules'), 'junction');
  return {
    root,
    file: (name) => path.join(root, name),
    dispose: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Runs a refactoring in this process, without a model unless one is given. */
export function run(
  params: Omit<RefactorParams, 'range'> & { readonly range?: RefactorParams['range'] },
  options: { readonly model?: CodeModel; readonly signal?: AbortSignal; readonly onProgress?: (progress: Progress) => void } = {},
): Promise<RefactorResult> {
  const { model = null, signal = new AbortController().signal, onProgress = () => undefined } = options;
  return refactor(refactorParams.parse({ range: { start: 0, end: 0 }, ...params }), { model, signal, onProgress });
}
