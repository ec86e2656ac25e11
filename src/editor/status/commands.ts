import * as vscode from 'vscode';
import type { Snooze } from '../completion/snooze';
import type { EngineService } from '../engine/engine-service';
import { tell, tellFailure } from '../notify';
import { showMenu } from './menu';

/** Registers the commands about the engine itself: its menu, its log, its restart, and completions on and off. */
export function registerEngineCommands(engine: EngineService, snooze: Snooze, log: vscode.LogOutputChannel): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand('unmask.showMenu', () => showMenu(engine, snooze)),
    vscode.commands.registerCommand('unmask.showLog', () => {
      log.show();
    }),
    vscode.commands.registerCommand('unmask.restartEngine', () => restart(engine, log)),
    vscode.commands.registerCommand('unmask.toggleCompletions', toggleCompletions),
  );
}

async function restart(engine: EngineService, log: vscode.LogOutputChannel): Promise<void> {
  try {
    await engine.restart();
    tell('info', vscode.l10n.t('The Unmask engine runs again.'));
  } catch (error) {
    tellFailure(error, log);
  }
}

/** Switches completions for all languages, in the place where the setting is made now (else for the user). */
async function toggleCompletions(): Promise<void> {
  const settings = vscode.workspace.getConfiguration('unmask');
  const made = settings.inspect<boolean>('completion.enabled');
  const target = made?.workspaceValue === undefined ? vscode.ConfigurationTarget.Global : vscode.ConfigurationTarget.Workspace;
  const on = !settings.get<boolean>('completion.enabled', true);
  await settings.update('completion.enabled', on, target);
  vscode.window.setStatusBarMessage(
    on ? vscode.l10n.t('Unmask: inline completions are on') : vscode.l10n.t('Unmask: inline completions are off'),
    3_000,
  );
}
