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
      const before = process.cpuUsage();
      await extension.activate();
      const { user, system } = process.cpuUsage(before);
      const processor = (user + system) / 1000;
      console.log(
        `      activated in ${(performance.now() - started).toFixed(1)} ms, ${processor.toFixed(1)} ms of them on the processor, loading its code included`,
      );
      // Processor time of the whole extension host: the clock on the wall depends on what else the machine does.
      assert(processor < 100, `${processor} ms`);
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
