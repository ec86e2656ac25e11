import assert from 'node:assert/strict';
import { openWorkbench, type Workbench } from './support/workbench';

describe('status and diagnostics, as a user sees them', function () {
  this.timeout(240_000);
  let workbench: Workbench;

  before(async () => {
    workbench = await openWorkbench('src/money.js', { 'unmask.nodePath': '/nowhere/zq-node' });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot('failed-status');
  });
  after(() => workbench.close());

  it('a problem is told in the status bar, and the menu opens the setting that mends it', async () => {
    const { page } = workbench;
    const status = page.locator('.statusbar-item[id$="unmask.status"]');
    await workbench.run('Unmask: Restart Engine');
    await page.locator('.statusbar-item.error-kind[id$="unmask.status"]').waitFor({ timeout: 60_000 });
    await status.click();
    const mend = page.locator('.quick-input-list .monaco-list-row', { hasText: 'Open Setting unmask.nodePath' });
    await mend.waitFor();
    assert.match((await mend.innerText()).replaceAll('\n', ' '), /There is no Node at/);
    await workbench.screenshot('status-menu-problem');
    await mend.click();
    await page.locator('.settings-editor .setting-item', { hasText: 'Node Path' }).first().waitFor();
    await workbench.screenshot('status-setting');
    await page.keyboard.press('Escape');
  });

  it('the report of diagnostics is a document to read, without the path that was wrong', async () => {
    const { page } = workbench;
    await workbench.run('Unmask: Collect Diagnostics');
    await page.locator('.quick-input-widget', { hasText: 'Last lines of the log' }).waitFor();
    await workbench.screenshot('diagnostics-question');
    await page.keyboard.press('Enter');
    const editor = page.locator('.editor-instance .view-lines');
    await editor.locator('.view-line', { hasText: 'Unmask diagnostics' }).waitFor({ timeout: 60_000 });
    const text = (await editor.first().innerText()).replaceAll('\u00a0', ' ');
    assert(text.includes('problem: There is no Node at <path>'), text);
    assert(!text.includes('zq-node'));
    await workbench.screenshot('diagnostics-report');
  });
});
