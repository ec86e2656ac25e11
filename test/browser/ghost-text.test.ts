import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { until } from '../unit/helpers/processes';
import { openWorkbench, type Workbench } from './support/workbench';

describe('ghost text, as a user sees it', function () {
  this.timeout(180_000);
  let workbench: Workbench;

  before(async () => {
    // With the list of suggestions open Tab belongs to that list.
    workbench = await openWorkbench('src/stats.js', {
      'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
      'editor.suggestOnTriggerCharacters': false,
      'editor.inlineSuggest.keepOnBlur': true, // for commands from the palette
      'unmask.completion.minConfidence': 0,
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

  it('is taken word by word and by line, and what is left stays on the screen', async () => {
    const { page } = workbench;
    const ghost = page.locator('[class*="ghost-text"]').first();
    // VS Code draws an offer in as many pieces as it has colours.
    const pieces = page.locator('.view-line span[class*="ghost-text"]');
    const offered = async (): Promise<string> => (await pieces.allTextContents()).join('').replaceAll('\u00a0', ' ');
    // One more declaration like its neighbours, of which a model of any size is sure: "= 0".
    const source = path.join(workbench.folder, 'src', 'tally.js');
    const names = ['total', 'count', 'errors', 'skipped', 'passed'];
    const declared = names.map((name) => `  let ${name} = 0;\n`).join('');
    writeFileSync(source, `function tally(results) {\n${declared}  let f;\n  return { ${names.join(', ')}, failed };\n}\n`);
    await workbench.open('src/tally.js');
    await page.locator('.view-line', { hasText: 'let f;' }).click();
    for (const key of ['End', 'ArrowLeft']) await page.keyboard.press(key);
    await page.keyboard.type('ailed', { delay: 40 });
    const severalWords = async (): Promise<boolean> => (await ghost.isVisible()) && /\S\s+\S/.test((await offered()).trim());
    await until('several words are offered', severalWords, 60_000);
    const whole = await offered();
    await workbench.screenshot('ghost-text-words');
    await page.keyboard.press('Control+ArrowRight');
    await until('a word is taken', async () => (await ghost.isVisible()) && (await offered()) !== whole);
    const left = await offered();
    assert(whole.endsWith(left) && left.length < whole.length, `${JSON.stringify(left)} is left of ${JSON.stringify(whole)}`);
    await workbench.screenshot('ghost-text-word-taken');
    await workbench.run('Accept Next Line Of Inline Suggestion');
    await page.waitForTimeout(1_000);
    await page.keyboard.press('Control+S');
    await page.locator('.tab.active:not(.dirty)').waitFor();
    const text = readFileSync(source, 'utf8');
    assert(text.includes(`let failed ${whole.trim()};`), `${JSON.stringify(whole)} is in the file`);
    await workbench.screenshot('ghost-text-line-taken');
  });
});
