import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { closeAll, openAt, until } from './support/editor';
import { fill, settings } from './support/ghost';

const code = [
  'function add(list) {',
  '  let sum = 0;',
  '  for (const n of list) {',
  '    sum += n;',
  '  }',
  '  return sum;',
  '}',
  'module.exports = { add };',
  '',
].join('\n');

export function nextEditTests(): void {
  describe('next edits', () => {
    const user = vscode.ConfigurationTarget.Global;
    before(() => settings().update('completion.enabled', false, user));
    after(() => settings().update('completion.enabled', undefined, user));
    afterEach(async () => {
      await settings().update('nextEdit.enabled', undefined, user);
      await closeAll();
    });

    const press = (): Thenable<string | undefined> => vscode.commands.executeCommand<string | undefined>('unmask.nextEdit');

    /** Types a text over what stands at a place, a key at a time. */
    const typeOver = async (editor: vscode.TextEditor, old: string, after: string, text: string): Promise<void> => {
      const whole = editor.document.getText();
      const at = whole.indexOf(old, whole.indexOf(after));
      editor.selection = new vscode.Selection(editor.document.positionAt(at), editor.document.positionAt(at + old.length));
      await delay(100);
      for (const key of text.split('')) await vscode.commands.executeCommand('type', { text: key });
    };
    const renamed = async (): Promise<vscode.TextEditor> => {
      const editor = await openAt('src/stats.js', "'use strict';\n");
      await fill(editor, `${code}▮`);
      await typeOver(editor, 'sum', 'let', 'total');
      return editor;
    };
    const lines = (editor: vscode.TextEditor): string[] => editor.document.getText().split('\n');

    it('lead through the uses of what was renamed: one key goes there, the same key changes it, and each is one step to undo', async () => {
      const editor = await renamed();
      await until('the first use is gone to', async () => (await press()) === 'jumped');
      assert.equal(editor.selection.active.line, 3);
      assert.equal(lines(editor)[3], '    sum += n;', 'nothing is changed by going there');
      assert.equal(await press(), 'applied');
      assert.equal(lines(editor)[3], '    total += n;');
      assert.equal(await press(), 'jumped');
      assert.equal(editor.selection.active.line, 5);
      assert.equal(await press(), 'applied');
      assert.equal(editor.document.getText(), code.replaceAll('sum', 'total'));
      assert.equal(await press(), 'nothing', 'all is done');
      await vscode.commands.executeCommand('undo');
      assert.equal(lines(editor)[5], '  return sum;');
      assert.equal(lines(editor)[3], '    total += n;');
    });

    it('are not looked for any more in a document that a paste has made too large', async () => {
      const editor = await renamed();
      await until('the first use is gone to', async () => (await press()) === 'jumped');
      await editor.edit((edit) => {
        edit.insert(new vscode.Position(7, 0), '// grown\n'.repeat(10_000));
      });
      await typeOver(editor, 'list', 'add(', 'values');
      await delay(2_000);
      assert.equal(await press(), 'nothing');
    });

    it('are gone when they are dismissed, when the user goes elsewhere, and when something else is changed', async () => {
      const ends: ((editor: vscode.TextEditor) => unknown)[] = [
        () => vscode.commands.executeCommand('unmask.dismissNextEdit'),
        (editor) => (editor.selection = new vscode.Selection(7, 0, 7, 0)),
        (editor) =>
          editor.edit((edit) => {
            edit.insert(new vscode.Position(7, 0), 'x');
          }),
      ];
      for (const end of ends) {
        const editor = await renamed();
        await until('the first use is gone to', async () => (await press()) === 'jumped');
        await end(editor);
        await delay(1_000);
        const before = editor.document.getText();
        assert.equal(await press(), 'nothing');
        assert.equal(editor.document.getText(), before);
        assert.match(before, /sum \+= n/);
        await closeAll();
      }
    });

    it('follow a change that was made twice, and change nothing that is no longer what it was', async () => {
      const editor = await openAt('src/stats.js', "'use strict';\n");
      await fill(editor, 'log.info(1);\nlog.info(2);\nlog.info(3);\nlog.info(4);\n▮');
      await typeOver(editor, 'info', '', 'debug');
      await delay(1_500);
      assert.equal(await press(), 'nothing', 'once is no pattern');
      await typeOver(editor, 'info', '(1)', 'debug');
      await until('the third is gone to', async () => (await press()) === 'jumped');
      assert.equal(editor.selection.active.line, 2);
      // The document changes behind the back of the one that shows them: it has to look again, whatever it was told.
      const edit = new vscode.WorkspaceEdit();
      edit.replace(editor.document.uri, new vscode.Range(2, 4, 2, 8), 'warn');
      await vscode.workspace.applyEdit(edit);
      assert(['stale', 'nothing'].includes((await press()) ?? 'nothing'));
      assert.equal(lines(editor)[2], 'log.warn(3);');
    });

    it('do not come where they are switched off', async () => {
      await settings().update('nextEdit.enabled', false, user);
      await renamed();
      await delay(2_000);
      assert.equal(await press(), 'nothing');
    });
  });
}
