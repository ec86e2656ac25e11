import assert from 'node:assert/strict';
import path from 'node:path';
import { processesWith, until } from '../unit/helpers/processes';
import { openWorkbench, type Workbench } from './support/workbench';

describe('the MCP server, as a user sees it', function () {
  this.timeout(180_000);
  let workbench: Workbench;

  before(async () => {
    workbench = await openWorkbench('src/money.js', { 'chat.disableAIFeatures': false });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot('failed-mcp');
  });
  after(() => workbench.close());

  it('is listed without being started, starts on demand, and stops', async () => {
    const { page, folder } = workbench;
    const extension = path.join(folder, '..', '..', 'extensions', 'unmask.unmask-0.1.0');
    const running = (file: string): number => processesWith(path.join(extension, file)).length;
    const rows = page.locator('.quick-input-list .monaco-list-row');
    await workbench.run('MCP: List Servers');
    const server = rows.filter({ hasText: 'Unmask' }).first();
    await server.waitFor({ timeout: 60_000 });
    assert.equal(running('bin/unmask.js'), 0);
    await server.click();
    await rows.filter({ hasText: 'Start Server' }).first().click();
    await until('the server runs', () => running('bin/unmask.js') === 1, 60_000);
    // The list is a snapshot of the servers' states when it opens, and the output that a starting server shows may close it: it is opened again.
    const isRunning = async (): Promise<boolean> => {
      await page.keyboard.press('Escape');
      await workbench.run('MCP: List Servers');
      const shown = rows.filter({ hasText: /Unmask.*Running/ }).waitFor({ timeout: 3000 });
      return shown.then(
        () => true,
        () => false,
      );
    };
    await until('the server is shown as running', isRunning, 60_000);
    await workbench.screenshot('mcp-server');
    assert.equal(running('dist/engine.js'), 0, 'no engine before a tool is called');
    await server.click();
    await rows.filter({ hasText: 'Stop Server' }).first().click();
    await until('the server is gone', () => running('bin/unmask.js') === 0);
  });
});
