import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAll, openAt, until } from './support/editor';

const isView = (tab: vscode.Tab): boolean =>
  tab.input instanceof vscode.TabInputWebview && tab.input.viewType.endsWith('unmask.denoising');
const views = (): vscode.Tab[] => vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter(isView);

export function denoisingTests(): void {
  describe('the denoising view', () => {
    afterEach(closeAll);

    it('opens once, beside the code, and again after it was closed', async () => {
      await openAt('src/stats.js', "'use strict';");
      await vscode.commands.executeCommand('unmask.showDenoising');
      await until('the view is open', () => views().length === 1);
      await vscode.commands.executeCommand('unmask.showDenoising');
      assert.equal(views().length, 1);
      await vscode.window.tabGroups.close(views());
      await until('the view is closed', () => views().length === 0);
      await vscode.commands.executeCommand('unmask.showDenoising');
      await until('the view is open again', () => views().length === 1);
    });
  });
}
