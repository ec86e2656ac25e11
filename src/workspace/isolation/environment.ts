import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Variables that tests may see. Everything else (tokens, keys, session sockets) stays outside. */
const allowed = [
  'PATH',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TERM',
  'SystemRoot',
  'COMSPEC',
  'PATHEXT',
  'windir',
  'NUMBER_OF_PROCESSORS',
];

/** The environment of a run: a short allow-list, with home and temporary folder inside the sandbox. */
export function scrubbedEnvironment(tmp: string, extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of allowed) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return {
    ...env,
    HOME: tmp,
    USERPROFILE: tmp,
    TMPDIR: tmp,
    TMP: tmp,
    TEMP: tmp,
    NO_COLOR: '1',
    NODE_NO_WARNINGS: '1',
    ...extra,
  };
}

/** The node that runs tests: a real one from PATH when this process is Electron, else the one running now. */
export function nodeBinary(): { readonly path: string; readonly env: Readonly<Record<string, string>> } {
  if (process.versions['electron'] === undefined) return { path: process.execPath, env: {} };
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  for (const dir of (process.env['PATH'] ?? '').split(path.delimiter)) {
    const file = path.join(dir, name);
    try {
      accessSync(file, constants.X_OK);
      return { path: file, env: {} };
    } catch {
      // Not in this folder.
    }
  }
  return { path: process.execPath, env: { ELECTRON_RUN_AS_NODE: '1' } };
}
