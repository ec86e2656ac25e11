import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { closeAll, inWorkspace, openAt, until } from './support/editor';
import { fill, gap, offered, offeredAfter, settings, untilOffered } from './support/ghost';
import { engines } from './support/processes';

const user = vscode.ConfigurationTarget.Global;

export function completionTests(): void {
  describe('inline completions', () => {
    // With the list of suggestions open VS Code asks for what fits that.
    const listOff = { quickSuggestions: { other: 'off', comments: 'off', strings: 'off' }, suggestOnTriggerCharacters: false };
    const setList = async (on: boolean): Promise<void> => {
      for (const [name, value] of Object.entries(listOff))
        await vscode.workspace.getConfiguration('editor').update(name, on ? undefined : value, user);
    };
    before(() => setList(false));
    after(() => setList(true));

    afterEach(async () => {
      for (const name of ['enabled', 'minConfidence', 'languages', 'exclude'])
        await settings().update(`completion.${name}`, undefined, user);
      await vscode.workspace.getConfiguration('files').update('readonlyInclude', undefined, user);
      await vscode.commands.executeCommand('unmask.snoozeCompletions', 0);
      await closeAll();
    });

    const openGap = async (): Promise<vscode.TextEditor> => {
      const editor = await openAt('src/stats.js', "'use strict';\n");
      await fill(editor, gap);
      return editor;
    };
    const long = 10_000;

    it('fill the gap at the cursor when asked for, also where switched off; the rest of the file stays', async () => {
      await settings().update('completion.enabled', false, user);
      await untilOffered(await openGap());
    });

    it('come by themselves after a key, and not where they are switched off, snoozed, or there are several cursors', async () => {
      await settings().update('completion.minConfidence', 0, user);
      const editor = await openGap();
      await until('one comes by itself', async () => (await offeredAfter(editor, '.', long)) !== '');
      await settings().update('completion.enabled', false, user);
      assert.equal(await offeredAfter(editor, '.'), '');
      await settings().update('completion.enabled', undefined, user);
      await settings().update('completion.languages', { javascript: false }, user);
      assert.equal(await offeredAfter(editor, '.'), '');
      assert.notEqual(await offered(editor), '', 'on demand it comes all the same');
      await settings().update('completion.languages', undefined, user);
      await vscode.commands.executeCommand('unmask.snoozeCompletions', 5);
      assert.equal(await offeredAfter(editor, '.'), '');
      await vscode.commands.executeCommand('unmask.snoozeCompletions', 0);
      await until('it comes again after the snooze', async () => (await offeredAfter(editor, '.', long)) !== '');
      const active = editor.document.positionAt(gap.indexOf('▮'));
      editor.selections = [new vscode.Selection(active, active), new vscode.Selection(0, 0, 0, 0)];
      assert.equal(await offered(editor), '', 'several cursors');
      editor.selection = new vscode.Selection(active, active);
      await until('it comes again with one cursor', async () => (await offeredAfter(editor, '.', long)) !== '');
    });

    it('taken word by word and line by line, end in what taking all of it gives', async () => {
      const editor = await openGap();
      const whole = await untilOffered(editor);
      const before = editor.document.getText();
      const start = editor.document.offsetAt(editor.selection.active);
      for (const command of ['acceptNextWord', 'acceptNextLine']) {
        await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
        await delay(400);
        let taken = '';
        // Further words may come after the first offer is all taken: that is what comes next.
        for (let steps = 0; taken.length < whole.length && steps < 40; steps++) {
          await vscode.commands.executeCommand(`editor.action.inlineSuggest.${command}`);
          await delay(200);
          const text = editor.document.getText();
          taken = text.slice(start, start + text.length - before.length);
        }
        assert(taken.startsWith(whole), `${command}: ${JSON.stringify(taken)} begins with ${JSON.stringify(whole)}`);
        await fill(editor, gap);
      }
    });

    it('neither come to nor from files that are excluded, also on demand', async () => {
      const editor = await openGap();
      await untilOffered(editor);
      await settings().update('completion.exclude', ['**/stats.js'], user);
      assert.equal(await offered(editor), '');
    });

    it('come in documents that were never saved, and not in read-only ones', async () => {
      const untitled = await vscode.workspace.openTextDocument({ language: 'javascript', content: '' });
      const editor = await vscode.window.showTextDocument(untitled);
      await fill(editor, gap);
      await untilOffered(editor);
      await closeAll();
      await vscode.workspace.getConfiguration('files').update('readonlyInclude', { '**/text.js': true }, user);
      const locked = await openAt('src/text.js', 'return ');
      const text = locked.document.getText();
      assert.equal(await offered(locked), '');
      assert.equal(locked.document.getText(), text);
    });

    it('come in the cells of a notebook', async () => {
      const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, gap.replace('▮', ''), 'javascript');
      const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', new vscode.NotebookData([cell]));
      await vscode.window.showNotebookDocument(notebook);
      await vscode.commands.executeCommand('notebook.cell.edit');
      const editor = await until('the cell is being edited', () =>
        vscode.window.activeTextEditor?.document.uri.scheme === 'vscode-notebook-cell'
          ? vscode.window.activeTextEditor
          : undefined,
      );
      const at = editor.document.positionAt(gap.indexOf('▮'));
      editor.selection = new vscode.Selection(at, at);
      await untilOffered(editor);
    });

    it('come again with the next key after the engine was killed in the middle of one', async () => {
      await settings().update('completion.minConfidence', 0, user);
      const editor = await openGap();
      await untilOffered(editor);
      const [first] = engines();
      assert(first !== undefined, 'an engine runs');
      // A place that it does not know, so that it is asked and dies over it.
      const typed = '.map((entry) => entry.';
      await vscode.commands.executeCommand('type', { text: typed });
      const killed = vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
      process.kill(first, 'SIGKILL');
      await killed;
      for (let i = 0; i < typed.length; i++) await vscode.commands.executeCommand('deleteLeft');
      await until('another engine answers', async () => (await offeredAfter(editor, '.', long)) !== '');
      assert(engines().length === 1 && !engines().includes(first));
    });

    it('answer in a file of 50,000 lines', async () => {
      const path = inWorkspace('src', 'large.js');
      const block = gap.replace('▮', '').replace("'use strict';\n\n", '');
      const large = block.repeat(Math.ceil(50_000 / (block.split('\n').length - 1)));
      await vscode.workspace.fs.writeFile(vscode.Uri.file(path), Buffer.from(large));
      try {
        const editor = await openAt('src/large.js', 'return list');
        const at = editor.document.positionAt(large.indexOf('return list', large.length / 2) + 'return list'.length);
        editor.selection = new vscode.Selection(at, at);
        await untilOffered(editor);
      } finally {
        await closeAll();
        await vscode.workspace.fs.delete(vscode.Uri.file(path));
      }
    });
  });
}
