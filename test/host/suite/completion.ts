import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { closeAll, openAt, until } from './support/editor';

/** Asks for a completion at the cursor as a key would, takes it if one comes, and tells whether the text changed. */
async function triggerAndTake(editor: vscode.TextEditor): Promise<boolean> {
  const before = editor.document.getText();
  await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
  await delay(300);
  await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
  return editor.document.getText() !== before;
}

export function completionTests(): void {
  describe('inline completions', () => {
    const settings = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('unmask');

    afterEach(async () => {
      await settings().update('completion.enabled', undefined, vscode.ConfigurationTarget.Global);
      await closeAll();
    });

    it('fill the gap at the cursor when asked for, also where switched off; the rest of the file stays', async () => {
      await settings().update('completion.enabled', false, vscode.ConfigurationTarget.Global);
      const editor = await openAt('src/stats.js', "'use strict';\n");
      const tail = '\nmodule.exports.first = first;\n';
      const head = '\n/** The first entry of a list. */\nfunction first(list) {\n  return list';
      assert(
        await editor.edit((edit) => {
          edit.insert(editor.selection.active, `${head};\n}\n${tail}`);
        }),
      );
      const at = editor.document.getText().indexOf('  return list;') + '  return list'.length;
      editor.selection = new vscode.Selection(editor.document.positionAt(at), editor.document.positionAt(at));
      const before = editor.document.getText();
      await until('a completion is taken', () => triggerAndTake(editor), 60_000);
      const after = editor.document.getText();
      assert.equal(after.slice(0, at), before.slice(0, at));
      assert(after.endsWith(before.slice(at)), 'inserted at the cursor, nothing replaced');
    });
  });
}
