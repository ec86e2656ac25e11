import { spawn, execFile, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { codeServer, codeServerNode, repository } from './paths';

export interface ServerOptions {
  /** Everything the server writes lies below this folder; the caller removes it. */
  readonly home: string;
  /** User settings on top of those that make a test repeatable. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Extension tests: the page may say which extension and which tests to load. */
  readonly testDriver?: boolean;
  /** Every folder is trusted without asking, as VS Code's `--disable-workspace-trust`. */
  readonly trustAll: boolean;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface Server {
  readonly port: number;
  readonly child: ChildProcess;
  /** Ends the server and every process it started. */
  stop(): void;
}

const baseSettings = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'files.autoSave': 'off',
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'typescript.disableAutomaticTypeAcquisition': true, // it would ask npm for types of what the samples import
  'chat.disableAIFeatures': true,
  'git.openRepositoryInParentFolders': 'never',
};

/** Starts code-server on 127.0.0.1 at a free port and waits until it answers. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const userData = path.join(options.home, 'user');
  mkdirSync(path.join(userData, 'User'), { recursive: true });
  mkdirSync(path.join(userData, 'Machine'), { recursive: true });
  const settings = Object.entries({ ...baseSettings, ...options.settings });
  const own = machineSettings();
  writeSettings(path.join(userData, 'User', 'settings.json'), settings);
  // VS Code reads settings of a machine from the user's own file only as long as it does not know that the machine is another one.
  writeSettings(
    path.join(userData, 'Machine', 'settings.json'),
    settings.filter(([name]) => own.has(name)),
  );
  const port = await freePort();
  const log = path.join(options.home, 'server.log');
  const out = openSync(log, 'w');
  const child = spawn(
    codeServerNode,
    [
      ...[codeServer, '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`],
      ...['--user-data-dir', userData, '--extensions-dir', path.join(options.home, 'extensions')],
      ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'],
      ...(options.trustAll ? ['--disable-workspace-trust'] : []),
      ...(options.testDriver ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
    ],
    { env: serverEnvironment(options.home, options.env), stdio: ['ignore', out, out], detached: true },
  );
  closeSync(out);
  const stop = (): void => {
    process.removeListener('exit', stop);
    try {
      process.kill(-child.pid!, 'SIGKILL'); // its own process group: the extension host goes with it
    } catch {
      // Already gone.
    }
  };
  process.on('exit', stop);
  for (let attempt = 0; !(await answers(port)); attempt++) {
    if (child.exitCode !== null || attempt > 240) {
      stop();
      throw new Error(`code-server did not start:\n${readFileSync(log, 'utf8').slice(-2000)}`);
    }
    await delay(250);
  }
  return { port, child, stop };
}

function writeSettings(file: string, settings: readonly (readonly [string, unknown])[]): void {
  writeFileSync(file, JSON.stringify(Object.fromEntries(settings), null, 2));
}

/** Unmask's settings that hold for a machine, not for a user. */
function machineSettings(): ReadonlySet<string> {
  const manifest = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8')) as {
    contributes: { configuration: readonly { properties: Readonly<Record<string, { readonly scope?: string }>> }[] };
  };
  const properties = manifest.contributes.configuration.flatMap((group) => Object.entries(group.properties));
  return new Set(properties.filter(([, { scope }]) => scope?.startsWith('machine')).map(([name]) => name));
}

/** Installs a packaged extension into the server's home. */
export async function installExtension(home: string, vsix: string): Promise<void> {
  const args = [codeServer, '--install-extension', vsix, '--extensions-dir', path.join(home, 'extensions')];
  await promisify(execFile)(codeServerNode, [...args, '--user-data-dir', path.join(home, 'user')], {
    env: serverEnvironment(home),
  });
}

/** The caller's environment without what belongs to another editor or to npm; nothing of the user's own configuration is read. */
function serverEnvironment(home: string, extra: ServerOptions['env'] = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|ELECTRON_|npm_)/i.test(name) && name !== 'NODE_OPTIONS',
  );
  return {
    ...Object.fromEntries(inherited),
    HOME: home,
    XDG_CONFIG_HOME: path.join(home, 'config'),
    XDG_DATA_HOME: path.join(home, 'data'),
    XDG_CACHE_HOME: path.join(home, 'cache'),
    EXTENSIONS_GALLERY: '{}',
    ...extra,
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('no free port'));
      });
    });
  });
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/healthz`)).ok;
  } catch {
    return false;
  }
}
