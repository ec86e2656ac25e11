import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { until } from '../unit/helpers/processes';
import { openWorkbench, type Workbench } from './support/workbench';

const code =
  'function add(list) {\n  let sum = 0;\n  for (const n of list) sum += n;\n  return sum;\n}\n\nmodule.exports = { add };\n';

describe('next edits, as a user sees them', function () {
  this.timeout(180_000);
  let workbench: Workbench;

  before(async () => {
    workbench = await openWorkbench('src/stats.js', {
      'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
      'editor.occurrencesHighlight': 'off',
      'editor.selectionHighlight': false,
      'unmask.completion.enabled': false,
    });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot('failed-next-edit');
  });
  after(() => workbench.close());

  it('after a rename Tab goes to each use, Tab again changes it, and Escape ends it', async () => {
    const { page, folder } = workbench;
    const file = path.join(folder, 'src', 'next.js');
    writeFileSync(file, code);
    await workbench.open('src/next.js');
    const item = page.locator('.statusbar-item[id$="unmask.nextEdit"]');
    const told = (line: number): Promise<void> =>
      until(`the next edit is on line ${line}`, async () => {
        const label = await item.getAttribute('aria-label', { timeout: 1_000 }).catch(() => '');
        return (label ?? '').includes(`line ${line}: change sum to total`);
      }, 90_000); // prettier-ignore
    await page.locator('.view-line', { hasText: 'return' }).click();
    // The name in the second line.
    const keys = ['Control+Home', 'ArrowDown', 'Home', 'Control+ArrowRight', 'Control+ArrowRight', 'Control+Shift+ArrowLeft'];
    for (const key of keys) await page.keyboard.press(key);
    await page.keyboard.type('total', { delay: 40 });
    await told(3);
    await workbench.screenshot('next-edit-jump');
    await page.keyboard.press('Tab');
    await page.locator('.statusbar-item', { hasText: 'Ln 3,' }).waitFor();
    await workbench.screenshot('next-edit-apply');
    await page.keyboard.press('Tab');
    await told(4);
    await workbench.screenshot('next-edit-applied');
    await page.keyboard.press('Escape');
    await item.waitFor({ state: 'hidden' });
    await page.keyboard.press('Control+S');
    await page.locator('.tab.active:not(.dirty)').waitFor();
    const expected = code.replace('let sum', 'let total').replace('sum +=', 'total +=');
    assert.equal(readFileSync(file, 'utf8'), expected);
  });
});
