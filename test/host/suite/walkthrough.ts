import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { closeAll, previewTab } from './support/editor';

const temporary = (): string[] => readdirSync(os.tmpdir()).filter((name) => name.startsWith('unmask-walkthrough-'));

export function walkthroughTests(): void {
  describe('the walkthrough', () => {
    afterEach(async () => {
      await vscode.commands.executeCommand('unmask.discardFix');
      await closeAll();
    });

    it('ends in a verified fix of a sample, in a folder of its own', async () => {
      const before = temporary();
      const fixing = Promise.resolve(vscode.commands.executeCommand<string>('unmask.fixSample'));
      let outcome: string | undefined;
      void fixing.then((ended) => (outcome = ended));
      // The question where to put the copy: its first answer is a temporary folder.
      for (let i = 0; i < 50 && temporary().length === before.length; i++) {
        await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
        await delay(200);
      }
      await fixing;
      assert.equal(outcome, 'fixed');
      const preview = previewTab();
      assert(preview, 'the preview is open');
      assert(preview.original.fsPath.startsWith(os.tmpdir()), 'and it is of the copy');
      assert.equal(await vscode.commands.executeCommand('unmask.applyFix'), true);
      const document = await vscode.workspace.openTextDocument(preview.original);
      assert(!document.getText().includes('clamp(page, count, 1)'));
      await document.save();
    });

    it('called off at its question: no copy, no run', async () => {
      const before = temporary();
      const fixing = Promise.resolve(vscode.commands.executeCommand<string>('unmask.fixSample'));
      let outcome: string | undefined;
      void fixing.then((ended) => (outcome = ended));
      for (let i = 0; i < 50 && outcome === undefined; i++) {
        await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
        await delay(100);
      }
      assert.equal(outcome, 'cancelled');
      assert.deepEqual(temporary(), before);
    });

    it('offers ghost text in a document of its own', async () => {
      await vscode.commands.executeCommand('unmask.tryGhostText');
      const editor = vscode.window.activeTextEditor;
      assert(editor?.document.isUntitled && editor.document.languageId === 'javascript');
      assert.equal(
        editor.document.getText(new vscode.Range(editor.selection.active, editor.selection.active.translate(0, 5))),
        '; i++',
      );
    });
  });
}
