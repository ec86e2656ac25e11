import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { repository } from '../host/driver/paths';
import { openWorkbench, type Workbench } from './support/workbench';

describe('Reason and Fix, as a user sees it', function () {
  this.timeout(300_000);
  let workbench: Workbench;

  beforeEach(async () => {
    workbench = await openWorkbench('src/date-range.js', { 'unmask.fix.budget': 'deep' });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot('failed-reason-and-fix');
    await workbench.close();
  });

  const testPasses = (): boolean => {
    const mocha = path.join(repository, 'node_modules', 'mocha', 'bin', 'mocha.js');
    return (
      spawnSync(process.execPath, [mocha, '--fgrep', 'sees ranges that touch on one day'], { cwd: workbench.folder }).status === 0
    );
  };

  /** Runs the command from the context menu of the faulty line; gives the reasoning view. */
  const runFromMenu = async (picture?: string): Promise<FrameLocator> => {
    const { page } = workbench;
    const line = page.locator('.view-line', { hasText: 'a.from < b.to' }).first();
    await line.click();
    await line.click({ button: 'right' });
    const item = page.locator('.context-view .action-label', { hasText: 'Unmask: Reason and Fix' });
    await item.waitFor();
    if (picture !== undefined) await workbench.screenshot(picture);
    await item.click();
    return page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  };

  it('from the context menu to a saved fix that makes the test pass', async () => {
    const { page } = workbench;
    const file = path.join(workbench.folder, 'src', 'date-range.js');
    const before = readFileSync(file, 'utf8');
    assert.equal(testPasses(), false);

    const trace = await runFromMenu('reason-and-fix-menu');
    await page.locator('.notification-list-item', { hasText: 'Reason and Fix' }).waitFor();
    await trace.getByRole('heading', { name: 'What fails' }).waitFor({ timeout: 120_000 });
    await workbench.screenshot('reason-and-fix-running');

    await page.locator('.tab.active', { hasText: 'fix by Unmask' }).waitFor({ timeout: 150_000 });
    await trace.getByRole('heading', { name: 'The change' }).waitFor();
    assert.match((await trace.locator('body').textContent()) ?? '', /sees ranges that touch on one day/);
    await workbench.screenshot('reason-and-fix-preview');
    assert.equal(readFileSync(file, 'utf8'), before, 'nothing is written by showing it');

    await page.locator('.editor-actions .action-label[aria-label^="Apply"]').click();
    await page.locator('.tab.active.dirty', { hasText: 'date-range.js' }).waitFor();
    await workbench.screenshot('reason-and-fix-applied');
    await page.keyboard.press('Control+S');
    await page.locator('.tab.active:not(.dirty)', { hasText: 'date-range.js' }).waitFor();
    assert.notEqual(readFileSync(file, 'utf8'), before);
    assert.equal(testPasses(), true);
  });

  it('the reasoning is whole although its view began to listen only when all was found', async () => {
    const { page } = workbench;
    // As on a busy machine: what the view is sent before its script has been loaded is lost.
    await page.addInitScript({
      content: `if (!window.isLate) {
        window.isLate = true;
        const listen = window.addEventListener.bind(window);
        const isPage = window.parent.parent !== window.parent; // within the frame that VS Code talks to
        window.addEventListener = (type, ...rest) => {
          if (isPage && type === 'message') setTimeout(() => listen(type, ...rest), 8_000);
          else listen(type, ...rest);
        };
      }`,
    });
    const trace = await runFromMenu();
    await page.locator('.tab.active', { hasText: 'fix by Unmask' }).waitFor({ timeout: 150_000 });
    await trace.getByRole('heading', { name: 'The change' }).waitFor({ timeout: 60_000 });
  });
});
