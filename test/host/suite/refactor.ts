import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { closeAll, inWorkspace, openAt, until } from './support/editor';
import { engines } from './support/processes';

const refactor = (argument: object): Thenable<string> =>
  vscode.commands.executeCommand('unmask.refactor', { scope: 'file', preview: false, ...argument });
const onDisk = (file: string): string => readFileSync(inWorkspace(file), 'utf8');
const shown = async (file: string): Promise<string> => (await vscode.workspace.openTextDocument(inWorkspace(file))).getText();
const users = ['src/money.js', 'src/invoice.js', 'test/money.test.js'];

export function refactorTests(): void {
  describe('Refactor', () => {
    afterEach(closeAll);

    it('renames in three files, proved by the tests, and one Undo takes all of it back', async () => {
      const before = new Map(users.map((file) => [file, onDisk(file)]));
      await openAt('src/money.js', 'function roundMon');
      assert.equal(await refactor({ instruction: 'rename roundMoney to toCents' }), 'refactored');
      for (const file of users) {
        assert.doesNotMatch(await shown(file), /\broundMoney\b/, file);
        assert.match(await shown(file), /\btoCents\b/, file);
      }
      // VS Code saves refactorings by itself (setting files.refactoring.autoSave); taking one back it leaves to the user.
      for (const file of users) await until(`${file} is saved`, () => /\btoCents\b/.test(onDisk(file)));
      await until('all is saved', () => vscode.workspace.textDocuments.every((document) => !document.isDirty));
      await vscode.commands.executeCommand('undo');
      for (const file of users) await until(`${file} is as it was`, async () => (await shown(file)) === before.get(file));
      // Not saveAll: it leaves documents out that have no editor yet.
      for (const document of vscode.workspace.textDocuments) if (document.isDirty) await document.save();
      for (const file of users) await until(`${file} is saved as it was`, () => onDisk(file) === before.get(file));
    });

    it('refuses what would change the meaning, and says so without writing', async () => {
      const { document } = await openAt('src/money.js', 'const sign');
      const before = document.getText();
      assert.equal(await refactor({ instruction: 'rename sign to amount' }), 'refused');
      assert.equal(document.getText(), before);
    });

    it('called off half-way, and changed half-way, it writes nothing', async () => {
      const editor = await openAt('src/money.js', 'const sign');
      const { document } = editor;
      const before = document.getText();
      const running = refactor({ instruction: 'rename sign to factor' });
      await until('it runs', () => engines().length > 0);
      await new Promise((resolve) => setTimeout(resolve, 300));
      await vscode.commands.executeCommand('unmask.cancelRefactor');
      assert.equal(await running, 'cancelled');
      assert.equal(document.getText(), before);
      const again = refactor({ instruction: 'rename sign to factor' });
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert(await editor.edit((builder) => { builder.insert(new vscode.Position(0, 0), '// mine\n'); })); // prettier-ignore
      assert.equal(await again, 'stale');
      assert.equal(document.getText(), `// mine\n${before}`);
    });

    it('is in the menu of refactorings, not in every light bulb', async () => {
      const { document, selection } = await openAt('src/money.js', 'const sign');
      const actions = async (kind?: string): Promise<string[]> => {
        const found = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, selection, kind); // prettier-ignore
        return found.map(({ title }) => title);
      };
      assert((await actions('refactor')).includes('Refactor with Unmask…'));
      assert(!(await actions()).includes('Refactor with Unmask…'));
    });
  });
}
