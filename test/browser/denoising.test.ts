import assert from 'node:assert/strict';
import type { FrameLocator, Page } from 'playwright-core';
import { openWorkbench, type Workbench } from './support/workbench';

/** What the view shows of a step: the canvas's cells in order. */
interface Shown {
  readonly position: string;
  readonly texts: readonly string[];
  readonly masks: number;
}

async function shown(view: FrameLocator): Promise<Shown> {
  const cells = view.locator('#canvas .cell');
  return {
    position: (await view.locator('#position').textContent()) ?? '',
    texts: await cells.allTextContents(),
    masks: await view.locator('#canvas .cell.masked, #canvas .cell.remasked').count(),
  };
}

describe('the denoising view, as a user of the keyboard sees it', function () {
  this.timeout(180_000);
  let workbench: Workbench;

  before(async () => {
    workbench = await openWorkbench('src/stats.js', { 'editor.inlineSuggest.enabled': true, 'workbench.reduceMotion': 'on' });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot('failed-denoising');
  });
  after(() => workbench.close());

  const viewOf = (page: Page): FrameLocator => page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');

  it('records from when it is open, and replays step by step', async () => {
    const { page } = workbench;
    await page.locator('.view-line').first().click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type(
      '\n// The sum of all values.\nfunction sum(values) {\nlet total = 0;\nfor (const value of values) total += ',
      { delay: 20 },
    );
    await workbench.run('Unmask: Show Denoising');
    const view = viewOf(page);
    await view.getByRole('heading', { name: 'Nothing was denoised yet' }).waitFor();
    await workbench.screenshot('denoising-empty');

    const canvas = view.getByRole('list', { name: 'Canvas' });
    const complete = view.getByRole('button', { name: 'Complete at the Cursor' });
    await complete.focus();
    await page.keyboard.press('Enter');
    await canvas.waitFor({ timeout: 120_000 });
    const end = await shown(view);
    assert.equal(end.masks, 0, 'with reduced motion it does not play by itself, but shows the end');
    assert.match(await view.locator('#facts').innerText(), /unmask-tiny on cpu · steps: \d+ · \d+ ms · \d+ tokens\/s/);

    // From the editor, where the completion was made, back into the view.
    await canvas.focus();
    await page.keyboard.press('Home');
    const start = await shown(view);
    assert.equal(start.masks, start.texts.length, 'all masks before the first step');
    await workbench.screenshot('denoising-first-step');

    const frames = [start];
    for (;;) {
      await page.keyboard.press('ArrowRight');
      const next = await shown(view);
      if (next.position === frames.at(-1)!.position) break;
      frames.push(next);
      assert.match(await view.getByRole('status').innerText(), /^Step \d+ of \d+: \d+ written in this step/);
    }
    assert(frames.length > 1);
    assert.deepEqual(frames.at(-1), end, 'step by step one comes to the same canvas');
    await workbench.screenshot('denoising-last-step');
    for (const frame of frames.toReversed().slice(1)) {
      await page.keyboard.press('ArrowLeft');
      assert.deepEqual(await shown(view), frame, 'backwards, too');
    }
    await page.keyboard.press('Space');
    await view.getByRole('button', { name: 'Play' }).waitFor();
    await page.waitForFunction((n) => n > 0, 1);
    assert.deepEqual(await shown(view), end, 'playing ends at the end');
  });

  it('stands where it stood after it was hidden', async () => {
    const { page } = workbench;
    await viewOf(page).getByRole('list', { name: 'Canvas' }).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    const before = await shown(viewOf(page));
    await page.keyboard.press('Control+N'); // a tab over the view
    await page.locator('iframe.webview.ready').waitFor({ state: 'hidden' });
    await workbench.run('Unmask: Show Denoising');
    await viewOf(page).locator('#canvas .cell').first().waitFor();
    assert.deepEqual(await shown(viewOf(page)), before);
  });
});
