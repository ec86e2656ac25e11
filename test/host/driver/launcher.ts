/**
 * Stands in for the desktop executable when extension tests run: takes the arguments that @vscode/test-electron passes, opens
 * the folder in code-server, and ends with the tests' own exit code. Arguments it has no use for are ignored.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openBrowser } from './browser';
import { startServer } from './code-server';

const limitMs = Number(process.env['UNMASK_HOST_TIMEOUT_MS'] ?? 600_000);

/** What the workbench itself prints in every run. */
const chatter =
  /^(Ignoring fetching additional|Updating additional builtin|Resolv(ing|ed) connection token|Creating a socket|\[reconnection-grace-time\]|\[Service Worker\]|\[AgentHost|\[AccountPolicyGate\]|Timed out waiting for authentication provider|Webview\.loadLocalResource|Creation of workbench contribution|Aborted onWillSave)/;

async function main(args: readonly string[]): Promise<number> {
  const developed = values(args, 'extensionDevelopmentPath');
  const tests = values(args, 'extensionTestsPath')[0];
  const folder = args.find((arg) => !arg.startsWith('-'));
  if (tests === undefined || folder === undefined)
    throw new Error('usage: launch.cjs FOLDER --extensionDevelopmentPath=DIR --extensionTestsPath=FILE');

  const home = mkdtempSync(path.join(os.tmpdir(), 'unmask-host-'));
  process.on('exit', () => {
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
  const watchdog = setTimeout(() => {
    console.error(`the tests did not end within ${limitMs / 1000} s`);
    process.exit(124);
  }, limitMs);

  const server = await startServer({
    home,
    testDriver: true,
    // Asked for by the environment, because @vscode/test-electron itself always passes --disable-workspace-trust.
    trustAll: process.env['UNMASK_HOST_UNTRUSTED'] !== '1',
    settings: { 'security.workspace.trust.startupPrompt': 'never' },
  });
  const { browser, page } = await openBrowser();
  const finished = new Promise<number>((resolve) => {
    void page.exposeFunction('codeAutomationExit', (code: number) => {
      resolve(code);
    });
  });
  await page.exposeFunction('codeAutomationLog', (type: string, parts: readonly unknown[]) => {
    if (chatter.test(String(parts[0]))) return;
    (type === 'error' ? console.error : console.log)(...parts);
  });
  page.on('pageerror', (error) => {
    console.error('[page]', error.message);
  });
  const lost = new Promise<never>((_resolve, reject) => {
    page.on('crash', () => {
      reject(new Error('the page crashed'));
    });
    browser.on('disconnected', () => {
      reject(new Error('the browser is gone'));
    });
    server.child.on('exit', (code, signal) => {
      reject(new Error(`code-server ended: ${code ?? signal ?? 'unknown'}`));
    });
  });
  lost.catch(() => undefined); // handled by the race below; after it, ends are expected
  const remote = (file: string): string => `vscode-remote://127.0.0.1:${server.port}${path.resolve(file)}`;
  const payload = [
    ...developed.map((extension) => ['extensionDevelopmentPath', remote(extension)]),
    ['extensionTestsPath', remote(tests)],
    ['skipWelcome', 'true'],
  ];
  const query = new URLSearchParams({ folder: path.resolve(folder), payload: JSON.stringify(payload) });
  try {
    await page.goto(`http://127.0.0.1:${server.port}/?${query.toString()}`);
    return await Promise.race([finished, lost]);
  } finally {
    clearTimeout(watchdog);
    const shot = process.env['UNMASK_HOST_SCREENSHOT'];
    if (shot !== undefined) await page.screenshot({ path: shot }).catch(() => undefined);
    await browser.close().catch(() => undefined);
    server.stop();
  }
}

function values(args: readonly string[], name: string): string[] {
  return args.filter((arg) => arg.startsWith(`--${name}=`)).map((arg) => arg.slice(name.length + 3));
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
