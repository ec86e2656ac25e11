import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { openWorkbench, type Workbench } from './support/workbench';

describe('@unmask in the chat, as a user sees it', function () {
  this.timeout(240_000);
  let workbench: Workbench;

  before(async () => {
    workbench = await openWorkbench('src/date-range.js', { 'chat.disableAIFeatures': false, 'unmask.fix.budget': 'deep' });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot('failed-chat');
  });
  after(() => workbench.close());

  // First of all, so that nothing but VS Code has chosen a model.
  for (const [mode, instruction] of [
    ['Agent', 'use strict equality'],
    ['Ask', 'use object shorthand'],
  ] as const)
    it(`answers in the mode "${mode}", where it is the only model`, async () => {
      const { page } = workbench;
      await workbench.run(`Open Chat (${mode})`);
      const input = page.locator('.interactive-input-part');
      await input.getByText('Unmask', { exact: true }).waitFor(); // chosen by VS Code, as the only one
      await input.locator('.monaco-editor').first().click();
      await page.keyboard.press('Control+A');
      await page.keyboard.type(`@unmask /edit ${instruction} `, { delay: 30 });
      await page.keyboard.press('Escape');
      await page.keyboard.press('Enter');
      await page.locator('.interactive-response strong', { hasText: new RegExp(`known edit.*${instruction}`, 'i') }).waitFor();
      await workbench.screenshot(`chat-${mode.toLowerCase()}`);
      assert.match(await input.innerText(), new RegExp(mode));
    });

  it('searches for a fix without any language model, and applies it by a button', async () => {
    const { page, folder } = workbench;
    const file = path.join(folder, 'src', 'date-range.js');
    const before = readFileSync(file, 'utf8');
    await page.locator('.view-line', { hasText: 'a.from < b.to' }).first().click();
    await workbench.run('Unmask: Open Chat');
    await page.locator('.interactive-input-part .view-line', { hasText: '@unmask' }).waitFor({ timeout: 60_000 });
    await page.keyboard.type('/fix ', { delay: 30 });
    await page.keyboard.press('Enter');
    const apply = page.locator('.interactive-response').getByRole('button', { name: 'Apply' });
    await apply.waitFor({ timeout: 150_000 });
    await workbench.screenshot('chat-fixed');
    assert.equal(readFileSync(file, 'utf8'), before);
    await apply.click();
    await page.locator('.tab.active.dirty', { hasText: 'date-range.js' }).waitFor();
    await workbench.screenshot('chat-applied');
  });
});
