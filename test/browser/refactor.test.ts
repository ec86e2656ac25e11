import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { openWorkbench, type Workbench } from './support/workbench';

describe('Refactor, as a user sees it', function () {
  this.timeout(240_000);
  let workbench: Workbench;

  before(async () => {
    workbench = await openWorkbench('src/money.js');
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot('failed-refactor');
  });
  after(() => workbench.close());

  it('from the context menu by words of one’s own to a preview, and from there to all files', async () => {
    const { page, folder } = workbench;
    const read = (name: string): string => readFileSync(path.join(folder, ...name.split('/')), 'utf8');
    const before = read('src/invoice.js');
    const line = page.locator('.view-line', { hasText: 'function roundMoney' }).first();
    await line.click();
    await line.click({ button: 'right' });
    await page.locator('.context-view .action-label', { hasText: 'Unmask: Refactor…' }).click();
    const input = page.locator('.quick-input-widget input:visible');
    await input.waitFor();
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Organize imports' }).waitFor({ timeout: 60_000 });
    await workbench.screenshot('refactor-offers');
    await input.fill('rename roundMoney to toCents');
    await page.keyboard.press('Enter');
    const preview = page.locator('.bulk-edit-panel');
    await preview.waitFor({ timeout: 120_000 });
    await preview.locator('.monaco-list-row', { hasText: 'invoice.js' }).first().waitFor();
    await workbench.screenshot('refactor-preview');
    assert.equal(read('src/invoice.js'), before, 'nothing is written by showing it');
    const tell = page.locator('.notification-list-item', { hasText: 'tests that passed pass still' });
    await tell.waitFor();
    await preview.getByRole('button', { name: 'Apply' }).first().click();
    await preview.waitFor({ state: 'hidden' });
    await workbench.run('File: Save All Files');
    await page.waitForTimeout(1_500);
    for (const name of ['src/money.js', 'src/invoice.js', 'test/money.test.js']) {
      assert.match(read(name), /\btoCents\b/, name);
      assert.doesNotMatch(read(name), /\broundMoney\b/, name);
    }
    await workbench.screenshot('refactor-applied');
  });
});
