/**
 * node --import tsx scripts/walkthrough-pictures.ts: makes the walkthrough's pictures anew, in the VS Code of the tests, by pressing the walkthrough's own
 * buttons. Fails where one is larger than a picture in a package may be. Look at them before committing them.
 */
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { openWorkbench, type Workbench } from '../test/browser/support/workbench';

const folder = path.join(__dirname, '..', 'media', 'walkthrough');
const largest = 150_000;
/** The part of the window that holds the editors, without title and status bars. */
const clip = { x: 0, y: 32, width: 1060, height: 600 };

async function press(workbench: Workbench, step: string, button: string): Promise<void> {
  const { page } = workbench;
  await workbench.run('Unmask: Open Walkthrough');
  const heading = page.locator('.getting-started-step', { hasText: step });
  await heading.waitFor();
  await heading.click();
  await heading.getByRole('button', { name: button }).click();
}

/** Closes the editor in front, with what was not saved in it. The next command waits until the focus has come to rest. */
async function closeEditor(workbench: Workbench): Promise<void> {
  await workbench.run('View: Revert and Close Editor');
  await workbench.page.waitForTimeout(1_000);
}

async function take(page: Page, name: string, height = clip.height): Promise<void> {
  for (const close of await page.locator('.notifications-toasts .codicon-notifications-clear').all()) await close.click();
  await page.waitForTimeout(700); // animations of the workbench
  const file = path.join(folder, `${name}.png`);
  await page.screenshot({ path: file, clip: { ...clip, height } });
  await page.keyboard.press('Escape');
  const { size } = statSync(file);
  console.log(`${path.relative(process.cwd(), file)}: ${(size / 1000).toFixed(0)} kB`);
  if (size >= largest) throw new Error(`${name}.png has ${size} bytes; ${largest} are too many.`);
}

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const workbench = await openWorkbench('src/money.js', {
    'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
    'editor.fontSize': 15,
    'workbench.reduceMotion': 'on',
    'workbench.activityBar.location': 'hidden',
    'breadcrumbs.enabled': false,
    'unmask.fix.budget': 'deep',
  });
  const { page } = workbench;
  try {
    await page.setViewportSize({ width: 1060, height: 680 });
    await workbench.run('View: Toggle Primary Side Bar Visibility');

    await press(workbench, 'See ghost text', 'Try It');
    await page.locator('[class*="ghost-text"]').first().waitFor({ timeout: 120_000 });
    await take(page, 'ghost-text', 300);
    await closeEditor(workbench);

    await press(workbench, 'Edit a selection', 'Try It');
    await page.locator('.quick-input-widget', { hasText: 'Edit Selection' }).waitFor();
    await page.keyboard.press('Enter'); // nothing: improve
    await page.locator('.codelens-decoration', { hasText: 'Accept' }).first().waitFor({ timeout: 60_000 });
    await take(page, 'edit-selection', 420);
    await closeEditor(workbench);

    await press(workbench, 'See ghost text', 'Try It');
    // The button moves the focus to the editor, which would close the list of commands.
    await page.locator('[class*="ghost-text"]').first().waitFor({ timeout: 120_000 });
    await workbench.run('Unmask: Show Denoising');
    const view = page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
    const canvas = view.getByRole('list', { name: 'Canvas' });
    const complete = view.getByRole('button', { name: 'Complete at the Cursor' });
    // The view may hold a run already: of ghost text that was asked for while it opened.
    await complete.or(canvas).first().waitFor();
    if (!(await canvas.isVisible())) await complete.click();
    await canvas.waitFor({ timeout: 60_000 });
    await canvas.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await take(page, 'denoising');
    await closeEditor(workbench);
    await closeEditor(workbench);

    await press(workbench, 'Reason and fix', 'Fix a Sample');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'In a temporary folder' }).click();
    await page.locator('.tab.active', { hasText: 'fix by Unmask' }).waitFor({ timeout: 200_000 });
    await view.getByRole('heading', { name: 'The change' }).waitFor();
    await take(page, 'reason-and-fix');
  } catch (error) {
    await workbench.screenshot('failed-walkthrough-pictures');
    throw error;
  } finally {
    await workbench.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
