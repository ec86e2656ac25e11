/**
 * Measures the editor: opens a real VS Code (code-server) in a browser with the extension and a hand in its extension host, and runs the probes. Prints one
 * JSON object; `unmask bench editor` runs it.
 *
 *   npx tsx test/bench/editor/run.ts [--quick]
 */
import { build } from 'esbuild';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { openBrowser } from '../../host/driver/browser';
import { chooseHost } from '../../host/driver/choose-host';
import { startServer } from '../../host/driver/code-server';
import { repository } from '../../host/driver/paths';
import { activation } from './probes/activation';
import { blocking } from './probes/blocking';
import { ghost } from './probes/ghost';
import { memory } from './probes/memory';
import { selectionEdit } from './probes/selection-edit';
import type { Probe, Session } from './session';

/** In this order: activation can be seen but once, and memory when all has been used. */
const probes: Readonly<Record<string, Probe>> = { activation, ghost, blocking, 'selection edit': selectionEdit, memory };

const settings = {
  'security.workspace.trust.startupPrompt': 'never',
  'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
  'editor.suggestOnTriggerCharacters': false,
  'editor.autoClosingBrackets': 'never',
  'editor.autoClosingQuotes': 'never',
  'editor.minimap.enabled': false,
  'git.enabled': false,
};
const connectMs = 120_000;

const say = (line: string): void => {
  console.error(line);
};

async function main(): Promise<void> {
  const host = await chooseHost();
  if (host.kind !== 'code-server')
    throw new Error('the editor is measured in code-server: run "node scripts/setup-host.mjs" (Linux x64)');
  await build({
    absWorkingDir: repository,
    entryPoints: { 'bench-editor': 'test/bench/editor/host.ts' },
    outdir: 'dist/test-host',
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode'],
    logLevel: 'warning',
  });
  const home = mkdtempSync(path.join(os.tmpdir(), 'unmask-bench-'));
  process.on('exit', () => {
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
  const folder = path.join(home, 'samples');
  cpSync(path.join(repository, 'samples'), folder, { recursive: true });
  const listening = createServer();
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const connected = new Promise<Socket>((resolve) => listening.once('connection', resolve));
  const { port } = listening.address() as { port: number };
  const env = { UNMASK_BENCH_PORT: String(port) };
  const server = await startServer({ home, testDriver: true, trustAll: true, settings, env });
  const { browser, page } = await openBrowser();
  try {
    for (const name of ['codeAutomationExit', 'codeAutomationLog']) await page.exposeFunction(name, () => undefined);
    const remote = (file: string): string => `vscode-remote://127.0.0.1:${server.port}${file}`;
    const payload = JSON.stringify([
      ['extensionDevelopmentPath', remote(repository)],
      ['extensionTestsPath', remote(path.join(repository, 'dist', 'test-host', 'bench-editor.js'))],
      ['skipWelcome', 'true'],
    ]);
    await page.goto(`http://127.0.0.1:${server.port}/?${new URLSearchParams({ folder, payload }).toString()}`);
    const socket = await Promise.race([connected, late()]);
    const session: Session = { page, quick: process.argv.includes('--quick'), call: callerOn(socket), progress: say };
    const report: Record<string, unknown> = { host: 'code-server' };
    for (const [name, probe] of Object.entries(probes)) {
      say(name);
      Object.assign(report, await probe(session));
    }
    console.log(JSON.stringify(report));
    socket.end();
  } finally {
    await browser.close().catch(() => undefined);
    server.stop();
    listening.close();
  }
}

function late(): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => {
      reject(new Error(`the extension host did not answer within ${connectMs / 1000} s`));
    }, connectMs).unref();
  });
}

/** Calls over the socket, one line each way. */
function callerOn(socket: Socket): Session['call'] {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let next = 0;
  createInterface({ input: socket }).on('line', (line) => {
    const { id, result, error } = JSON.parse(line) as { id: number; result?: unknown; error?: string };
    if (error === undefined) waiting.get(id)?.resolve(result);
    else waiting.get(id)?.reject(new Error(error));
    waiting.delete(id);
  });
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('the extension host is gone'));
  });
  const call = (method: string, ...args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = next++;
      waiting.set(id, { resolve, reject });
      socket.write(`${JSON.stringify({ id, method, args })}\n`);
    });
  return call as Session['call']; // both ends are held to HostMethods
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    say(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
