import { existsSync } from 'node:fs';
import { chromium as launcher, type Browser, type Page } from 'playwright-core';
import { chromium } from './paths';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1', // the tests need no network, so they get none
];

/** Opens a headless Chromium with one empty page. */
export async function openBrowser(viewport = { width: 1280, height: 800 }): Promise<{ browser: Browser; page: Page }> {
  if (!existsSync(chromium))
    throw new Error(`There is no Chromium at ${chromium}: run "node scripts/setup-host.mjs", or set UNMASK_CHROMIUM.`);
  const browser = await launcher.launch({ executablePath: chromium, headless: true, args: flags });
  const context = await browser.newContext({ viewport });
  return { browser, page: await context.newPage() };
}
