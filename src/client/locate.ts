import { existsSync } from 'node:fs';
import path from 'node:path';
import { EngineUnavailable } from './errors';

/** The engine's bundle: an explicit path, else beside this bundle (dist/), else in dist/ of a source checkout. */
export function findEngine(explicit: string | undefined): string {
  if (explicit !== undefined) {
    if (existsSync(explicit)) return explicit;
    throw new EngineUnavailable(`There is no engine at ${explicit}.`);
  }
  const candidates = [path.join(__dirname, 'engine.js'), path.join(__dirname, '..', '..', 'dist', 'engine.js')];
  const found = candidates.find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new EngineUnavailable(`The engine is not built: ${candidates[0]!} is missing. Run "npm run setup".`);
}

export interface NodeChoice {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The Node that runs the engine: an explicit path, else the one that runs this code. Under Electron that is Electron
 * itself, told to be a Node; `fork()` would start a second editor instead.
 */
export function chooseNode(explicit: string | undefined): NodeChoice {
  if (explicit !== undefined && explicit !== '') {
    if (!existsSync(explicit)) {
      throw new EngineUnavailable(`There is no Node at ${explicit}. Correct or clear the setting "unmask.nodePath".`);
    }
    // Harmless to a plain Node, needed where the path is an Electron.
    return { command: explicit, env: { ELECTRON_RUN_AS_NODE: '1' } };
  }
  return { command: process.execPath, env: 'electron' in process.versions ? { ELECTRON_RUN_AS_NODE: '1' } : {} };
}
