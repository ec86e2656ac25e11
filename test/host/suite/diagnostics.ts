import assert from 'node:assert/strict';
import os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { closeAll, inWorkspace, openAt, until } from './support/editor';

/** Runs the command, and presses Enter in its question until it goes on: a question takes a moment to appear. */
async function collect(): Promise<string> {
  const collected = Promise.resolve(vscode.commands.executeCommand('unmask.collectDiagnostics')).then(() => true);
  while (!(await Promise.race([collected, delay(200, false)])))
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
  const report = vscode.window.activeTextEditor?.document;
  assert(report?.isUntitled && report.languageId === 'markdown', 'the report is a new document that is nowhere saved');
  return report.getText();
}

export function diagnosticsTests(): void {
  describe('Collect Diagnostics', () => {
    afterEach(async () => {
      await vscode.workspace.getConfiguration('unmask').update('fix.testCommand', undefined, vscode.ConfigurationTarget.Global);
      await vscode.workspace.getConfiguration('unmask').update('threads', undefined, vscode.ConfigurationTarget.Global);
      await closeAll();
    });

    it('makes a report with versions, device, engine and changed settings, and without paths, code or free text', async () => {
      const settings = vscode.workspace.getConfiguration('unmask');
      await settings.update('fix.testCommand', 'TOKEN=hunter2 npm test', vscode.ConfigurationTarget.Global);
      await settings.update('threads', 1, vscode.ConfigurationTarget.Global);
      const { document } = await openAt('src/cart.js', "'use strict';");
      const report = await collect();
      for (const part of [`Node.js of the extension host: ${process.version}`, vscode.version, 'unmask-tiny', 'device: cpu'])
        assert(report.includes(part), `${part} is in it:\n${report}`);
      assert.match(report, /`unmask\.threads`: `1` \(user\)/);
      assert.match(report, /`unmask\.fix\.testCommand`: set \(user\)/);
      assert.match(report, /\[info\] Activated in/, 'the log is in it');
      assert(!report.includes('hunter2'));
      for (const place of [inWorkspace(), os.homedir(), os.tmpdir()]) assert(!report.includes(place), `${place} is not in it`);
      for (const line of document
        .getText()
        .split('\n')
        .map((text) => text.trim()))
        assert(line.length < 8 || !report.includes(line), `${line} is not in it`);
    });
  });

  describe('the quick menu', () => {
    it('opens and closes without starting anything', async () => {
      const shown = Promise.resolve(vscode.commands.executeCommand('unmask.showMenu'));
      let closed = false;
      void shown.then(() => (closed = true));
      await until('the menu was closed', async () => {
        await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
        return closed;
      });
    });
  });
}
