import * as vscode from 'vscode';
import type { FixController } from '../fix/controller';
import { tellFailure } from '../notify';
import { Tour } from './tour';

/** As in the manifest's `walkthroughs`. */
const walkthroughId = 'unmask.start';

/** Registers the walkthrough's own commands. */
export function registerWalkthrough(
  extension: vscode.Extension<unknown>,
  fixes: FixController,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const tour = new Tour(extension.extensionPath, fixes);
  const command = (name: string, run: () => Promise<unknown>): vscode.Disposable =>
    vscode.commands.registerCommand(name, async () => {
      try {
        return await run();
      } catch (error) {
        tellFailure(error, log); // a folder that can't be written, for example
        return 'error';
      }
    });
  return vscode.Disposable.from(
    tour,
    vscode.commands.registerCommand('unmask.openWalkthrough', () =>
      vscode.commands.executeCommand('workbench.action.openWalkthrough', `${extension.id}#${walkthroughId}`, false),
    ),
    command('unmask.tryGhostText', () => tour.tryGhostText()),
    command('unmask.tryEdit', () => tour.tryEdit()),
    command('unmask.fixSample', () => tour.fixSample()),
  );
}
