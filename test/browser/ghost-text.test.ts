import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { openWorkbench, type Workbench } from './support/workbench';

describe('ghost text, as a user sees it', function () {
  this.timeout(180_000);
  let workbench: Workbench;

  before(async () => {
    // With the list of suggestions open Tab belongs to that list.
    workbench = await openWorkbench('src/stats.js', {
      'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
      'editor.suggestOnTriggerCharacters': false,
    });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot('failed-ghost-text');
  });
  after(() => workbench.close());

  it('appears after a pause in typing, Tab takes it, and it lands in the file', async () => {
    const { page } = workbench;
    const ghost = page.locator('[class*="ghost-text"]').first();
    await page.locator('.view-line').first().click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('\n// True if the list has no entries.\nfunction isEmpty(list) {\nreturn list.', { delay: 40 });
    await ghost.waitFor({ timeout: 120_000 });
    const offered = (await ghost.textContent()) ?? '';
    assert.notEqual(offered.trim(), '');
    await workbench.screenshot('ghost-text');
    await page.keyboard.press('Tab');
    await ghost.waitFor({ state: 'detached' });
    await workbench.screenshot('ghost-text-accepted');
    await page.keyboard.press('Control+S');
    await page.locator('.tab.active:not(.dirty)').waitFor();
    const text = readFileSync(path.join(workbench.folder, 'src', 'stats.js'), 'utf8');
    const after = text.slice(text.lastIndexOf('return list.') + 'return list.'.length);
    assert(
      after.replaceAll('\u00a0', ' ').startsWith(offered.replaceAll('\u00a0', ' ').trimEnd()),
      `offered ${offered}, in the file ${after}`,
    );
  });
});
