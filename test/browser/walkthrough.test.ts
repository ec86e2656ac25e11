import assert from 'node:assert/strict';
import { openWorkbench, type Workbench } from './support/workbench';

describe('the walkthrough, as a user sees it', function () {
  this.timeout(300_000);
  let workbench: Workbench;

  before(async () => {
    workbench = await openWorkbench('src/money.js', { 'unmask.fix.budget': 'deep', 'workbench.reduceMotion': 'on' });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot('failed-walkthrough');
  });
  after(() => workbench.close());

  it('shows its pictures, and ends in a verified fix that ticks its step', async () => {
    const { page } = workbench;
    await workbench.run('View: Toggle Primary Side Bar Visibility'); // where there is little room the pictures are left out
    await workbench.run('Unmask: Open Walkthrough');
    const step = (title: string) => page.locator('.getting-started-step', { hasText: title });
    await step('See ghost text').waitFor({ timeout: 60_000 });
    for (const title of ['See ghost text', 'Edit a selection', 'Watch it denoise', 'Reason and fix']) {
      await step(title).click();
      const picture = page.locator('.getting-started-media img');
      await picture.waitFor();
      assert.notEqual((await picture.getAttribute('alt')) ?? '', '');
      const size = await picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth);
      assert(size > 0, `the picture of "${title}" is there`);
    }
    await workbench.screenshot('walkthrough');

    const fix = step('Reason and fix');
    assert.equal(await fix.locator('.codicon-getting-started-step-checked').count(), 0);
    await fix.getByRole('button', { name: 'Fix a Sample' }).click();
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'In a temporary folder' }).click();
    await page.locator('.tab.active', { hasText: 'paging.js: fix by Unmask' }).waitFor({ timeout: 200_000 });
    await workbench.screenshot('walkthrough-fixed');
    await workbench.run('Unmask: Open Walkthrough');
    await step('Reason and fix').locator('.codicon-getting-started-step-checked').waitFor();
    await workbench.screenshot('walkthrough-ticked');
  });
});
