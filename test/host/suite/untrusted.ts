import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { closeAll, inWorkspace, openAt } from './support/editor';
import { fill, gap, untilOffered } from './support/ghost';
import { engines, engineWorkers } from './support/processes';
import { runMocha } from './support/run';

/** Called by VS Code in the extension host. */
export function run(): Promise<void> {
  return runMocha(() => {
    describe('an untrusted workspace', () => {
      it('runs no test and starts no engine for Reason and Fix', async () => {
        assert.equal(vscode.workspace.isTrusted, false, 'VS Code does not trust the folder');
        const proof = inWorkspace('proof-of-a-run');
        // Ran by any route, this command would leave its file.
        const settings = vscode.workspace.getConfiguration('unmask');
        await settings.update('fix.testCommand', 'touch proof-of-a-run', vscode.ConfigurationTarget.Workspace);
        const { document } = await openAt('src/cart.js', "'use strict';");
        const before = document.getText();
        assert.equal(await vscode.commands.executeCommand('unmask.reasonAndFix'), 'refused');
        await delay(1_000);
        assert.equal(existsSync(proof), false);
        assert.deepEqual(engines(), []);
        assert.equal(document.getText(), before);
        rmSync(proof, { force: true });
      });

      it('runs no test for an agent either', async () => {
        const asked = { input: { file: 'src/cart.js', testCommand: 'touch proof-of-a-run' }, toolInvocationToken: undefined };
        await assert.rejects(Promise.resolve(vscode.lm.invokeTool('unmask_fix', asked)), /does not trust this workspace/);
        assert.equal(existsSync(inWorkspace('proof-of-a-run')), false);
        assert.deepEqual(engines(), []);
      });

      it('offers no quick fix', async () => {
        const { document } = await openAt('src/cart.js', "'use strict';");
        const diagnostics = vscode.languages.createDiagnosticCollection('test');
        try {
          const range = document.lineAt(5).range;
          diagnostics.set(document.uri, [new vscode.Diagnostic(range, 'wrong')]);
          const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
            'vscode.executeCodeActionProvider',
            document.uri,
            range,
          );
          assert(!actions.some((action) => action.command?.command === 'unmask.reasonAndFix'));
        } finally {
          diagnostics.dispose();
        }
      });

      it('completes all the same: nothing of the workspace runs for it', async () => {
        const editor = await openAt('src/stats.js', "'use strict';\n");
        await fill(editor, gap);
        await untilOffered(editor);
        assert.equal(engines().length, 1);
        assert.deepEqual(engineWorkers(), [], 'the engine runs nothing');
        await closeAll();
      });

      it('edits: nothing of the workspace is run for that', async () => {
        const { document } = await openAt('src/cart.js', 'function dearest');
        const before = document.getText();
        const all = { instruction: 'use block bodies in arrow functions' };
        await vscode.commands.executeCommand('editor.action.selectAll');
        assert.equal(await vscode.commands.executeCommand('unmask.editSelection', all), 'edited');
        assert.equal(document.getText(), before);
        assert.equal(await vscode.commands.executeCommand('unmask.acceptEdit'), true);
        assert.notEqual(document.getText(), before);
        await vscode.commands.executeCommand('undo');
        assert.equal(document.getText(), before);
      });
    });
  });
}
