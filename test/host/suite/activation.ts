import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extensionId, openAt, until } from './support/editor';
import { engines } from './support/processes';

export function activationTests(): void {
  describe('activation', () => {
    it('waits for a file that it serves, is quick, and starts no engine', async () => {
      const extension = vscode.extensions.getExtension(extensionId);
      assert(extension, 'the extension is there');
      assert.equal(extension.isActive, false, 'nothing was opened yet');
      const started = performance.now();
      await extension.activate();
      const milliseconds = performance.now() - started;
      console.log(`      activated in ${milliseconds.toFixed(1)} ms, loading its code included`);
      // The aim is 50 ms; the machine of a test may be busy with other work.
      assert(milliseconds < 250, `${milliseconds} ms`);
      await openAt('src/money.js', 'use strict');
      assert.deepEqual(engines(), []);
    });

    it('has every command that its manifest declares', async () => {
      const manifest = vscode.extensions.getExtension(extensionId)!.packageJSON as {
        contributes: { commands: { command: string }[] };
      };
      const declared = manifest.contributes.commands.map(({ command }) => command);
      const known = await vscode.commands.getCommands(true);
      assert.deepEqual(
        declared.filter((command) => !known.includes(command)),
        [],
      );
    });

    it('restarts the engine on demand, and the old one is gone', async () => {
      await vscode.commands.executeCommand('unmask.restartEngine');
      const [first] = engines();
      assert(first !== undefined, 'an engine runs');
      await vscode.commands.executeCommand('unmask.restartEngine');
      await until('only the new engine runs', () => engines().length === 1 && engines()[0] !== first);
    });
  });
}
