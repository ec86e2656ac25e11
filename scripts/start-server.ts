/** VS Code in the browser with this checkout as its extension, on the samples of this checkout. Ends with Ctrl-C. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startServer } from '../test/host/driver/code-server';

const root = path.join(__dirname, '..');

async function main(): Promise<void> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'unmask-start-'));
  process.on('exit', () => {
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
  // The only mode in which a server heeds `extensionDevelopmentPath` in the address.
  const server = await startServer({ home, testDriver: true, trustAll: true });
  const payload = [
    ['extensionDevelopmentPath', `vscode-remote://127.0.0.1:${server.port}${root}`],
    ['skipWelcome', 'true'],
  ];
  const query = new URLSearchParams({ folder: path.join(root, 'samples'), payload: JSON.stringify(payload) });
  console.log('[start] VS Code in the browser, with the samples: open src/text.js, right-click, "Unmask: Reason and Fix"');
  console.log(`[start] http://127.0.0.1:${server.port}/?${query.toString()}`);
  console.log('[start] Ctrl-C ends it');
  server.child.on('exit', (code) => process.exit(code ?? 1));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
