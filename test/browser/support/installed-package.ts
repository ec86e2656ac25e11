/** npm run package -- --smoke: a package (UNMASK_VSIX), installed into a clean VS Code as a user installs it. Not part of `npm test`. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../unit/helpers/bundles';
import { processesWith, until } from '../../unit/helpers/processes';
import { openWorkbench, type Workbench } from './workbench';

describe('the installed package', function () {
  this.timeout(300_000);
  let workbench: Workbench;
  let installed: string;

  before(async () => {
    const vsix = process.env['UNMASK_VSIX'];
    assert(vsix !== undefined, 'UNMASK_VSIX names the package to install');
    workbench = await openWorkbench('src/date-range.js', { 'unmask.fix.budget': 'deep' }, vsix);
    const extensions = path.join(workbench.folder, '..', '..', 'extensions');
    const name = readdirSync(extensions).find((entry) => entry.startsWith('unmask.unmask-'));
    assert(name !== undefined, 'it is among the installed extensions');
    installed = path.join(extensions, name);
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot('failed-installed-package');
  });
  after(async () => {
    await workbench.close();
    await until('its engine is gone', () => processesWith(path.join(installed, 'dist', 'engine.js')).length === 0);
  });

  it('activates without an engine, and fixes a function by the engine that was installed', async () => {
    const { page, folder } = workbench; // opened: the status bar shows Unmask's item, so it is activated
    const engines = (): number[] => processesWith(path.join(installed, 'dist', 'engine.js'));
    assert.deepEqual(engines(), []);
    const file = path.join(folder, 'src', 'date-range.js');
    const before = readFileSync(file, 'utf8');
    await page.locator('.view-line', { hasText: 'a.from < b.to' }).first().click();
    await workbench.run('Unmask: Reason and Fix');
    await page.locator('.tab.active', { hasText: 'fix by Unmask' }).waitFor({ timeout: 200_000 });
    assert.equal(engines().length, 1);
    await page.locator('.editor-actions .action-label[aria-label^="Apply"]').click();
    await page.locator('.tab.active.dirty', { hasText: 'date-range.js' }).waitFor();
    await workbench.screenshot('installed-package');
    await page.keyboard.press('Control+S');
    await page.locator('.tab.active:not(.dirty)', { hasText: 'date-range.js' }).waitFor();
    assert.notEqual(readFileSync(file, 'utf8'), before);
  });

  it('brings the pictures and the sample of the walkthrough, and fixes the sample', async () => {
    const { page } = workbench;
    await workbench.run('Unmask: Open Walkthrough');
    const step = page.locator('.getting-started-step', { hasText: 'Reason and fix' });
    await step.click();
    await step.getByRole('button', { name: 'Fix a Sample' }).click();
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'In a temporary folder' }).click();
    await page.locator('.tab.active', { hasText: 'paging.js: fix by Unmask' }).waitFor({ timeout: 200_000 });
    await workbench.screenshot('installed-package-sample');
    for (const name of readdirSync(path.join(root, 'media', 'walkthrough')))
      assert(existsSync(path.join(installed, 'media', 'walkthrough', name)), name);
    assert.match(readFileSync(path.join(installed, 'ThirdPartyNotices.txt'), 'utf8'), /^onnxruntime-node \d/m);
  });
});
