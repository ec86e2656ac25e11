/** Small projects in temporary folders, for tests with the real test runners. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface TemporaryProject {
  readonly root: string;
  file(name: string): string;
  /** Every file but node_modules with its text: to see that nothing changed. */
  snapshot(): Record<string, string>;
  remove(): void;
}

const repository = path.join(__dirname, '../../..');

/** Writes a project; `mocha` comes from this repository. */
export function makeProject(files: Readonly<Record<string, string>>, script = 'mocha'): TemporaryProject {
  const root = mkdtempSync(path.join(os.tmpdir(), 'unmask-repair-test-'));
  const all: Record<string, string> = {
    'package.json': JSON.stringify({ name: 'fixture', private: true, scripts: { test: script } }),
    ...files,
  };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  if (script.startsWith('mocha')) {
    mkdirSync(path.join(root, 'node_modules'));
    symlinkSync(path.join(repository, 'node_modules/mocha'), path.join(root, 'node_modules/mocha'));
  }
  return {
    root,
    file: (name) => path.join(root, name),
    snapshot() {
      const out: Record<string, string> = {};
      for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
        const full = path.join(entry.parentPath, entry.name);
        if (entry.isFile() && !full.includes('node_modules')) out[path.relative(root, full)] = readFileSync(full, 'utf8');
      }
      return out;
    },
    remove: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}
