import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { closeAll, inWorkspace, until } from './support/editor';
import { engines } from './support/processes';
import { listenToWindow } from './support/window';

const edit = (instruction: string): Thenable<string> => vscode.commands.executeCommand('unmask.editSelection', { instruction });
const accept = (): Thenable<boolean> => vscode.commands.executeCommand('unmask.acceptEdit');
const run = (command: string, ...args: unknown[]): Thenable<unknown> => vscode.commands.executeCommand(command, ...args);

const old = [
  "'use strict';",
  '',
  'function total(items, tax) {',
  '  var sum = 0;',
  "  if (typeof tax == 'number') sum = sum + tax;",
  '  return { sum: sum, items };',
  '}',
  '',
  'module.exports = { total };',
].join('\n');

let count = 0;

/** Opens a new file of the workspace with a text, the cursor in its function. */
async function openText(text: string, name = `edit-${++count}.js`): Promise<vscode.TextEditor> {
  const file = inWorkspace('src', name);
  writeFileSync(file, text);
  const document = await vscode.workspace.openTextDocument(file);
  const at = document.positionAt(document.getText().indexOf('return'));
  return vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at), viewColumn: vscode.ViewColumn.One });
}

async function lenses(document: vscode.TextDocument): Promise<{ command: string; args: unknown[]; title: string }[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 50);
  return found.flatMap(({ command }) => (command?.command.startsWith('unmask.') ? [{ command: command.command, args: command.arguments ?? [], title: command.title }] : [])); // prettier-ignore
}

async function insert(editor: vscode.TextEditor, at: vscode.Position, text: string): Promise<void> {
  assert(await editor.edit((builder) => { builder.insert(at, text); })); // prettier-ignore
}

const improved = old
  .replace('var sum', 'let sum')
  .replace("tax == 'number'", "tax === 'number'")
  .replace('sum = sum + tax', 'sum += tax')
  .replace('sum: sum, items', 'sum, items');

/** Nothing for known edits to do, so that the model denoises; for seconds. */
const long = Array.from({ length: 10 }, (_, i) => improved.replaceAll('total', `total${i}`)).join('\n').replaceAll("'use strict';\n", ''); // prettier-ignore

export function editTests(): void {
  describe('Edit Selection', () => {
    afterEach(closeAll);

    it('improves: nothing is written before it is accepted, all of it is one undo step', async () => {
      const { document } = await openText(old);
      assert.equal(await edit(''), 'edited');
      assert.equal(document.getText(), old);
      assert.equal(document.isDirty, false);
      const offered = (await lenses(document)).map(({ command }) => command);
      for (const command of ['unmask.acceptEdit', 'unmask.rejectEdit', 'unmask.acceptHunk', 'unmask.previewEdit'])
        assert(offered.includes(command), command);
      assert.equal(await accept(), true);
      assert.equal(document.getText(), improved);
      assert.deepEqual(await lenses(document), []);
      await run('undo');
      assert.equal(document.getText(), old, 'one undo takes all of it back');
    });

    it('takes one hunk by its lens, another one at the cursor, and leaves the rest to be decided', async () => {
      const editor = await openText(old);
      const { document } = editor;
      assert.equal(await edit('improve'), 'edited');
      const first = (await lenses(document)).find(({ command, title }) => command === 'unmask.acceptHunk' && title.includes('strict equality')); // prettier-ignore
      assert(first);
      assert.equal(await run(first.command, ...first.args), true);
      assert.equal(document.getText(), old.replace('tax ==', 'tax ==='));
      const place = document.positionAt(document.getText().indexOf('sum: sum'));
      editor.selection = new vscode.Selection(place, place);
      assert.equal(await run('unmask.acceptHunk'), true);
      assert.equal(document.getText(), old.replace('tax ==', 'tax ===').replace('sum: sum', 'sum'));
      const left = (await lenses(document)).filter(({ command }) => command === 'unmask.acceptHunk');
      assert.equal(left.length, 2);
      await run('unmask.rejectHunk', ...left[0]!.args);
      assert.equal(await accept(), true);
      assert.equal(await accept(), false, 'nothing is left');
      assert.equal(document.getText().match(/===/g)?.length, 1);
    });

    for (const [style, text] of Object.entries({
      'CRLF and a BOM': `\uFEFF${old.replaceAll('\n', '\r\n')}\r\n`,
      'mixed line ends': old.replace('\n\n', '\r\n\r\n').replace("';\n", "';\r\n"),
      'tabs, and no line end at the end': old.replaceAll('  ', '\t'),
    }))
      it(`rejected, leaves a file as it is, byte for byte: ${style}`, async () => {
        const { document } = await openText(text);
        const bytes = readFileSync(document.uri.fsPath);
        const before = document.getText();
        assert.equal(await edit('improve'), 'edited');
        await run('unmask.rejectEdit');
        assert.deepEqual(await lenses(document), []);
        assert.equal(document.getText(), before);
        assert.equal(document.isDirty, false);
        assert.deepEqual(readFileSync(document.uri.fsPath), bytes);
        // And accepted, it keeps its own line ends.
        assert.equal(await edit('rename sum to result'), 'edited');
        assert.equal(await accept(), true);
        const expected = before.replaceAll(/\bsum\b(?!:)/g, 'result');
        assert.equal(document.getText(), expected);
        await run('undo');
        assert.equal(document.getText(), before);
      });

    it('moves along with changes beside it, and is withdrawn by one inside', async () => {
      const editor = await openText(old);
      const { document } = editor;
      assert.equal(await edit('rename sum to result'), 'edited');
      await insert(editor, new vscode.Position(1, 0), '// mine\n\n');
      const end = document.lineAt(document.lineCount - 1).range.end;
      await insert(editor, end, '\n// the end\n');
      assert.equal(await accept(), true);
      assert.equal(document.getText(), old.replaceAll(/\bsum\b(?!:)/g, 'result').replace("';\n", "';\n// mine\n\n") + '\n// the end\n'); // prettier-ignore

      assert.equal(await edit('rename result to amount'), 'edited');
      const inside = document.positionAt(document.getText().indexOf('return'));
      await insert(editor, inside, '/* mine */ ');
      const mine = document.getText();
      assert.deepEqual(await lenses(document), []);
      assert.equal(await accept(), false);
      assert.equal(document.getText(), mine);
    });

    it('is withdrawn where the code around it changed so that it is not safe any more', async () => {
      const text = 'function f(a) {\n  let b = a;\n  return b;\n}\n// the end\n';
      const editor = await openText(text);
      editor.selection = new vscode.Selection(1, 0, 1, 4);
      assert.equal(await edit('make it const'), 'edited');
      await insert(editor, new vscode.Position(2, 0), '  b += 1;\n');
      const mine = editor.document.getText();
      assert.equal(await accept(), false);
      assert.equal(editor.document.getText(), mine);
    });

    it('waits in two documents at once, and each is decided by itself', async () => {
      const [one, other] = [await openText(old), await openText(old)].map(({ document }) => document);
      assert(one && other);
      await vscode.window.showTextDocument(one);
      assert.equal(await edit('use strict equality'), 'edited');
      const editor = await vscode.window.showTextDocument(other);
      const at = other.positionAt(other.getText().indexOf('return'));
      editor.selection = new vscode.Selection(at, at);
      assert.equal(await edit('use object shorthand'), 'edited');
      assert.equal((await lenses(one)).length > 0 && (await lenses(other)).length > 0, true);
      assert.equal(await accept(), true, 'the one in front');
      assert.equal(other.getText(), old.replace('sum: sum', 'sum'));
      assert.equal(one.getText(), old);
      assert.equal(await run('unmask.acceptEdit', one.uri.toString()), true);
      assert.equal(one.getText(), old.replace('tax ==', 'tax ==='));
    });

    it('says no, and writes nothing, where an instruction means nothing safe', async () => {
      const { document } = await openText(old);
      assert.equal(await edit('rename sum to items'), 'refused');
      assert.equal(await edit('use optional chaining'), 'unchanged');
      assert.equal(document.getText(), old);
      assert.equal(document.isDirty, false);
    });

    it('asks what was meant where words mean nothing, and a button does that', async () => {
      const text = "function label(sum) {\n  return 'total: ' + sum.toFixed(2);\n}\n";
      const { document } = await openText(text);
      const title = 'Use template literals';
      const listener = listenToWindow({ press: ({ buttons }) => buttons.find((button) => button === title) });
      try {
        assert.equal(await edit('get rid of the string concatenation'), 'refused');
        const told = await until('it is told', () => listener.told[0]);
        assert.deepEqual(told.buttons, [title, 'Known Edits…', 'Open Setting']);
        assert.match(told.message, /Nothing was changed.*Did you mean “Use template literals”\?/);
        await until('the edit is offered', async () => (await lenses(document)).length > 0);
        assert.equal(document.getText(), text);
        assert.equal(await accept(), true);
        assert.equal(document.getText(), text.replace("'total: ' + sum.toFixed(2)", '`total: ${sum.toFixed(2)}`'));
      } finally {
        listener.dispose();
      }
    });

    it('edits what was never saved, and no document that is read-only', async () => {
      const untitled = await vscode.workspace.openTextDocument({ language: 'typescript', content: old });
      await vscode.window.showTextDocument(untitled);
      await run('editor.action.selectAll');
      assert.equal(await edit('use strict equality'), 'edited');
      assert.equal(await accept(), true);
      assert.match(untitled.getText(), /===/);

      const { document } = await openText(old);
      const files = vscode.workspace.getConfiguration('files');
      await files.update('readonlyInclude', { '**/edit-*.js': true }, vscode.ConfigurationTarget.Workspace);
      try {
        assert.equal(await edit('use strict equality'), 'refused');
      } finally {
        await files.update('readonlyInclude', undefined, vscode.ConfigurationTarget.Workspace);
      }
      assert.equal(document.getText(), old);

      const provider = { provideTextDocumentContent: () => old };
      const registration = vscode.workspace.registerTextDocumentContentProvider('for-reading', provider);
      try {
        await vscode.window.showTextDocument(vscode.Uri.parse('for-reading:/old.js'));
        assert.equal(await edit('use strict equality'), 'refused');
      } finally {
        registration.dispose();
      }
    });

    it('lines that denoise: cancelled half-way they are left as they are, and a change inside ends it', async () => {
      const editor = await openText(long);
      const { document } = editor;
      const selectAll = (): void => {
        editor.selection = new vscode.Selection(0, 0, document.lineCount - 1, 0);
      };
      selectAll();
      const cancelled = edit('improve');
      await until('it runs', async () => (await run('unmask.cancelEdit')) === true);
      assert.equal(await cancelled, 'cancelled');
      assert.equal(document.getText(), long);
      selectAll();
      let outcome: string | undefined;
      const typedInto = edit('improve').then((found) => (outcome = found));
      // Before the request is made it would only be part of it.
      while (outcome === undefined) {
        await insert(editor, new vscode.Position(4, 0), '  // mine\n');
        await delay(40);
      }
      await typedInto;
      assert.equal(outcome, 'stale');
      const mine = document.getText();
      selectAll();
      const last = await edit('improve');
      assert(['edited', 'unchanged'].includes(last), last);
      await run('unmask.rejectEdit');
      assert.equal(document.getText(), mine);
    });

    it('engine killed while the lines denoise: nothing is written, the error offers to try again, and that works', async () => {
      const editor = await openText(long);
      const { document } = editor;
      const bytes = readFileSync(document.uri.fsPath);
      let killed: number | undefined;
      const listener = listenToWindow({
        onProgress: (message) => {
          if (killed !== undefined || !message.startsWith('Denoising:')) return;
          [killed] = engines();
          if (killed !== undefined) process.kill(killed, 'SIGKILL');
        },
        press: ({ level }) => (level === 'error' ? 'Try Again' : undefined),
      });
      try {
        editor.selection = new vscode.Selection(0, 0, document.lineCount - 1, 0);
        assert.equal(await edit('improve'), 'error');
        assert(killed !== undefined, 'it was denoising');
        const errors = (): string[] => listener.told.flatMap(({ level, message }) => (level === 'error' ? [message] : []));
        assert.deepEqual(listener.told.map(({ level }) => level).slice(0, 1), ['error']);
        assert.match(errors()[0]!, /engine stopped unexpectedly/);
        assert.deepEqual(listener.told[0]!.buttons, ['Try Again', 'Show Log']);
        assert.equal(document.getText(), long);
        const second = await until('trying again ends', () => listener.told[1], 180_000);
        assert.match(second.message, /No known edit applies here/);
        assert.equal(errors().length, 1);
        assert(engines().length === 1 && !engines().includes(killed), 'by another engine');
        await run('unmask.rejectEdit');
        assert.equal(document.getText(), long);
        assert.equal(document.isDirty, false);
        assert.deepEqual(readFileSync(document.uri.fsPath), bytes);
      } finally {
        listener.dispose();
      }
    }); // prettier-ignore

    it('shows the edit as a diff that follows what is taken', async () => {
      const { document } = await openText(old);
      assert.equal(await edit('improve'), 'edited');
      await run('unmask.previewEdit', document.uri.toString());
      const tab = await until('the diff is open', () => {
        const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
        return input instanceof vscode.TabInputTextDiff && input.modified.scheme === 'unmask-edit' ? input : undefined;
      });
      const proposed = await vscode.workspace.openTextDocument(tab.modified);
      assert.equal(proposed.getText(), improved);
      await run('unmask.rejectEdit', document.uri.toString());
      await until('the diff is empty', () => proposed.getText() === old);
    });

    it('has keys that VS Code uses for nothing else', async () => {
      const uri = vscode.Uri.parse('vscode://defaultsettings/keybindings.json');
      const defaults = (await vscode.workspace.openTextDocument(uri)).getText();
      const entries = defaults.match(/\{ "key": "[^}]*\}/g) ?? [];
      const using = (key: string): string[] =>
        entries.filter((entry) => entry.includes(`"${key}"`) && !entry.includes('"unmask.'));
      assert(using('ctrl+k ctrl+c').length > 0, 'the list is there');
      // That of the editor of key bindings holds only there, where ours does not.
      const others = using('ctrl+k ctrl+e').filter((entry) => !entry.includes('inKeybindings'));
      assert.deepEqual(others, []);
    });
  });
}
