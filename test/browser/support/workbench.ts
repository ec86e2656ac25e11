import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { openBrowser } from '../../host/driver/browser';
import { installExtension, startServer } from '../../host/driver/code-server';
import { repository, screenshots } from '../../host/driver/paths';

/** A VS Code in a browser, with Unmask installed and a copy of the samples open, as a user has it. */
export interface Workbench {
  readonly page: Page;
  /** The copy of the samples. */
  readonly folder: string;
  /** Opens a file and waits until it is shown. */
  open(file: string): Promise<void>;
  /** Runs a command by its title in the palette. */
  run(title: string): Promise<void>;
  /** Keeps a picture of the whole window. */
  screenshot(name: string): Promise<void>;
  close(): Promise<void>;
}

const quietSettings = {
  'window.commandCenter': false,
  'editor.minimap.enabled': false,
  'git.enabled': false,
  'outline.showVariables': false,
};

/** Opens it on a file of the samples; with a package (.vsix) that instead of the checkout's own bundles. */
export async function openWorkbench(
  file: string,
  settings: Readonly<Record<string, unknown>> = {},
  vsix?: string,
): Promise<Workbench> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'unmask-browser-'));
  const folder = path.join(home, 'workspace', 'samples');
  cpSync(path.join(repository, 'samples'), folder, { recursive: true });
  symlinkSync(path.join(repository, 'node_modules'), path.join(home, 'workspace', 'node_modules'), 'junction');
  if (vsix === undefined) linkExtension(path.join(home, 'extensions'));
  else await installExtension(home, vsix);
  const server = await startServer({ home, trustAll: true, settings: { ...quietSettings, ...settings } });
  const { browser, page } = await openBrowser();
  const close = async (): Promise<void> => {
    await browser.close().catch(() => undefined);
    server.stop();
    rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  const open = async (name: string): Promise<void> => {
    await page.keyboard.press('Control+P');
    await page.locator('.quick-input-widget input:visible').fill(name);
    await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: path.basename(name) }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.tab.active', { hasText: path.basename(name) }).waitFor();
  };
  const run = async (title: string): Promise<void> => {
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget input:visible').fill(`>${title}`);
    await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: title }).waitFor();
    await page.keyboard.press('Enter');
  };
  const screenshot = async (name: string): Promise<void> => {
    mkdirSync(screenshots, { recursive: true });
    await page.waitForTimeout(400); // animations of the workbench
    await page.screenshot({ path: path.join(screenshots, `${name}.png`) });
  };
  try {
    const payload = JSON.stringify([['openFile', `vscode-remote://127.0.0.1:${server.port}${path.join(folder, file)}`]]);
    await page.goto(`http://127.0.0.1:${server.port}/?${new URLSearchParams({ folder, payload }).toString()}`);
    await page.locator('.monaco-workbench .monaco-editor .view-lines').first().waitFor({ timeout: 60_000 });
    await page.locator('.statusbar-item[id$="unmask.status"]').waitFor({ timeout: 60_000 });
  } catch (error) {
    await screenshot('failed-to-open').catch(() => undefined);
    await close();
    throw error;
  }
  return { page, folder, open, run, screenshot, close };
}

/** Installs the built extension where it stands: the folder of installed extensions links to it. */
function linkExtension(extensions: string): void {
  mkdirSync(extensions, { recursive: true });
  const location = 'unmask.unmask-0.1.0';
  symlinkSync(repository, path.join(extensions, location), 'junction');
  const entry = {
    identifier: { id: 'unmask.unmask' },
    version: '0.1.0',
    location: { $mid: 1, path: path.join(extensions, location), scheme: 'file' },
    relativeLocation: location,
  };
  writeFileSync(path.join(extensions, 'extensions.json'), JSON.stringify([entry]));
}
