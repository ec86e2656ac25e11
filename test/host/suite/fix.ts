import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { closeAll, inWorkspace, openAt, previewTab, reasoning, testPasses, until } from './support/editor';
import { engines, engineWorkers, sandboxes } from './support/processes';

const onDisk = (file: string): string => readFileSync(inWorkspace(file), 'utf8');
const reasonAndFix = (...args: unknown[]): Thenable<string> =>
  vscode.commands.executeCommand<string>('unmask.reasonAndFix', ...args);
const apply = (): Thenable<boolean> => vscode.commands.executeCommand<boolean>('unmask.applyFix');

export function fixTests(): void {
  describe('Reason and Fix', () => {
    before(async () => {
      // Enough also where other work takes the processor; a run ends when it has its fix.
      await vscode.workspace.getConfiguration('unmask').update('fix.budget', 'deep', vscode.ConfigurationTarget.Global);
    });

    afterEach(async () => {
      await vscode.commands.executeCommand('unmask.discardFix');
      await closeAll();
    });

    it("repairs a failing test's function: preview, apply as one undo step, and the test passes", async () => {
      const failing = 'adds to the quantity of an item that is there';
      assert.equal(await testPasses(failing), false, 'it fails to begin with');
      const before = onDisk('src/cart.js');
      const { document } = await openAt('src/cart.js', 'entry.sku === item.sku');

      assert.equal(await reasonAndFix(), 'fixed');
      assert.equal(document.getText(), before, 'nothing is written before the user says so');
      const preview = previewTab();
      assert(preview, 'the preview is open');
      assert.equal(preview.original.fsPath, document.uri.fsPath);
      const proposed = (await vscode.workspace.openTextDocument(preview.modified)).getText();
      assert.notEqual(proposed, before);
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 10);
      const commands = lenses.map((lens) => lens.command?.command);
      assert(
        commands.includes('unmask.applyFix') && commands.includes('unmask.discardFix'),
        'the decision stands above the line, too',
      );
      await until('the reasoning names the failing test and shows the change', async () => {
        const text = await reasoning();
        return text.includes(failing) && text.includes('```diff');
      });

      assert.equal(await apply(), true);
      assert.equal(document.getText(), proposed);
      assert.equal(previewTab(), undefined, 'the preview is closed');
      await vscode.commands.executeCommand('undo');
      assert.equal(document.getText(), before, 'one undo takes all of it back');
      await vscode.commands.executeCommand('redo');
      assert.equal(document.getText(), proposed);
      assert(await document.save());
      assert.equal(await testPasses(failing), true, 'the real test passes now');
    });

    it('does not change the reasoning before its view has drawn the page, which VS Code would drop', async () => {
      const isReasoning = (uri: vscode.Uri): boolean => uri.scheme === 'unmask-trace';
      let openedAt = Infinity;
      const changedAt: number[] = [];
      const watching = vscode.Disposable.from(
        vscode.window.tabGroups.onDidChangeTabs(({ opened }) => {
          if (opened.some(({ input }) => input instanceof vscode.TabInputCustom && isReasoning(input.uri)))
            openedAt = Math.min(openedAt, performance.now());
        }),
        vscode.workspace.onDidChangeTextDocument(({ document }) => {
          if (isReasoning(document.uri)) changedAt.push(performance.now());
        }),
      );
      try {
        await openAt('src/date-range.js', 'a.from < b.to');
        assert.equal(await reasonAndFix(), 'fixed');
        // What an earlier run had still to say may come before that.
        const first = await until('it changes', () => Promise.resolve(changedAt.find((at) => at >= openedAt)));
        const waited = first - openedAt;
        assert(waited > 700, `first change ${waited.toFixed(0)} ms after it was opened`);
      } finally {
        watching.dispose();
      }
    });

    it('repairs what a failing test in a test file is about, and leaves the test alone', async () => {
      const failing = 'sees ranges that touch on one day';
      assert.equal(await testPasses(failing), false);
      const test = onDisk('test/date-range.test.js');
      await openAt('test/date-range.test.js', failing);
      assert.equal(await reasonAndFix(), 'fixed');
      assert.equal(previewTab()?.original.fsPath, inWorkspace('src/date-range.js'));
      assert.equal(await apply(), true);
      const document = await vscode.workspace.openTextDocument(inWorkspace('src/date-range.js'));
      assert(await document.save());
      assert.equal(await testPasses(failing), true);
      assert.equal(onDisk('test/date-range.test.js'), test);
    });

    it('refuses to apply to a document that changed meanwhile, and writes nothing', async () => {
      const { document } = await openAt('src/invoice.js', "'use strict';");
      assert.equal(await reasonAndFix(), 'fixed');
      const editor = await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
      assert(
        await editor.edit((edit) => {
          edit.insert(new vscode.Position(0, 0), '// mine\n');
        }),
      );
      const mine = document.getText();
      assert.equal(await apply(), false);
      assert.equal(document.getText(), mine);
      // The fix is not lost: with the change taken back it applies.
      await vscode.commands.executeCommand('undo');
      assert.equal(await apply(), true);
    });

    it('works on what the editor shows: a fault that is not saved yet is found, and the file on disk stays', async () => {
      const sound = onDisk('src/version.js');
      const editor = await openAt('src/version.js', 'return a[key] ');
      const { document, selection } = editor;
      assert.equal(await reasonAndFix(), 'no-failing-test', 'the file on disk is sound');
      const minus = new vscode.Range(selection.active, selection.active.translate(0, 1));
      assert(
        await editor.edit((edit) => {
          edit.replace(minus, '+');
        }),
      );
      await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
      assert.equal(await reasonAndFix(), 'fixed');
      assert.equal(await apply(), true);
      assert.equal(document.getText(), sound);
      assert.equal(onDisk('src/version.js'), sound);
    });

    it('cancelled half-way: no change, no process below the engine, no temporary folder', async () => {
      const { document } = await openAt('src/schedule.js', "'use strict';");
      const before = document.getText();
      const run = reasonAndFix();
      await until('tests run below the engine', () => engineWorkers().length > 0);
      const running = engines();
      await vscode.commands.executeCommand('unmask.cancelFix');
      assert.equal(await run, 'cancelled');
      await until('everything below the engine is gone', () => engineWorkers().length === 0);
      await until('the sandboxes are gone', () => sandboxes(running).length === 0);
      assert.equal(document.getText(), before);
      assert.equal(onDisk('src/schedule.js'), before);
      assert.equal(previewTab(), undefined);
      await until('the reasoning says so', async () => (await reasoning()).includes('Cancelled'));
    });

    it('runs once at a time', async () => {
      await openAt('src/schedule.js', "'use strict';");
      const first = reasonAndFix();
      assert.equal(await reasonAndFix(), 'refused');
      await vscode.commands.executeCommand('unmask.cancelFix');
      assert.equal(await first, 'cancelled');
    });

    it('engine killed in the middle: says so, nothing changed or left, and the next request works', async () => {
      const { document } = await openAt('src/text.js', "'use strict';");
      const before = document.getText();
      const run = reasonAndFix();
      await until('tests run below the engine', () => engineWorkers().length > 0);
      const [engine] = engines();
      assert(engine !== undefined);
      process.kill(engine, 'SIGKILL');
      assert.equal(await run, 'error');
      await until('the reasoning says what happened', async () => (await reasoning()).includes('engine stopped unexpectedly'));
      assert.equal(document.getText(), before);
      await until('its workers are gone', () => engineWorkers().length === 0);
      await openAt('src/inventory.js', "'use strict';");
      assert.equal(await reasonAndFix(), 'fixed');
      assert(!engines().includes(engine), 'by another engine');
      await until('the dead engine left no folder', () => sandboxes([engine]).length === 0);
    });

    it('is offered in the light bulb of a diagnostic, and takes it as a hint', async () => {
      const { document } = await openAt('src/cart.js', 'function dearest');
      const line = document.lineAt(document.positionAt(document.getText().indexOf('price > best.price')).line);
      const diagnostics = vscode.languages.createDiagnosticCollection('test');
      try {
        diagnostics.set(document.uri, [new vscode.Diagnostic(line.range, 'this looks wrong', vscode.DiagnosticSeverity.Warning)]);
        const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
          'vscode.executeCodeActionProvider',
          document.uri,
          line.range,
        );
        const ours = actions.filter((action) => action.command?.command === 'unmask.reasonAndFix');
        assert.equal(ours.length, 1);
        assert.equal(ours[0]!.kind?.value, vscode.CodeActionKind.QuickFix.value);
        assert.deepEqual((ours[0]!.command!.arguments as { diagnostic: unknown }[])[0]!.diagnostic, {
          message: 'this looks wrong',
          line: line.lineNumber + 1,
        });
      } finally {
        diagnostics.dispose();
      }
    });

    it("starts from a test of the Testing view: the file that the test imports is repaired, for this test's sake", async () => {
      const testing = vscode.tests.createTestController('test', 'Test');
      try {
        const item = testing.createTestItem(
          '1',
          'compares numbers, not text',
          vscode.Uri.file(inWorkspace('test/version.test.js')),
        );
        testing.items.add(item);
        assert.equal(await reasonAndFix(item), 'no-failing-test', 'that test passes');
        await until('the reasoning is about the file under test', async () => (await reasoning()).includes('version.js'));
      } finally {
        testing.dispose();
      }
    });

    it('says which setting to mend when the engine cannot start', async () => {
      const settings = vscode.workspace.getConfiguration('unmask');
      try {
        await settings.update('nodePath', inWorkspace('no-such-node'), vscode.ConfigurationTarget.Global);
        await openAt('src/cart.js', "'use strict';");
        assert.equal(await reasonAndFix(), 'error');
        await until('the reasoning names the setting', async () => (await reasoning()).includes('"unmask.nodePath"'));
      } finally {
        await settings.update('nodePath', undefined, vscode.ConfigurationTarget.Global);
      }
      await openAt('src/version.js', "'use strict';");
      assert.equal(await reasonAndFix(), 'no-failing-test', 'and with the setting mended it works again');
    });
  });
}
