import * as vscode from 'vscode';
import type { Snooze } from '../completion/snooze';
import type { EngineService } from '../engine/engine-service';
import { tell, tellFailure } from '../notify';

interface MenuItem extends vscode.QuickPickItem {
  readonly run?: () => Thenable<unknown>;
}

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

async function showMenu(engine: EngineService, snooze: Snooze): Promise<void> {
  const health = await engine.health();
  const command = (id: string, ...args: unknown[]) => ({ run: () => vscode.commands.executeCommand(id, ...args) });
  const on = vscode.workspace.getConfiguration('unmask').get<boolean>('completion.enabled', true);
  const items: MenuItem[] = [
    { label: vscode.l10n.t('$(wand) Reason and Fix'), ...command('unmask.reasonAndFix') },
    {
      label: on
        ? vscode.l10n.t('$(circle-slash) Switch Inline Completions Off')
        : vscode.l10n.t('$(check) Switch Inline Completions On'),
      ...command('unmask.toggleCompletions'),
    },
    {
      label: vscode.l10n.t('$(bell-slash) Snooze Ghost Text…'),
      ...(snooze.active ? { description: vscode.l10n.t('{0} minutes left', snooze.minutesLeft) } : {}),
      ...command('unmask.snoozeCompletions'),
    },
    {
      label: vscode.l10n.t('$(debug-restart) Restart Engine'),
      ...describeMemory(health?.rssMb),
      ...command('unmask.restartEngine'),
    },
    { label: vscode.l10n.t('$(output) Show Log'), ...command('unmask.showLog') },
    { label: vscode.l10n.t('$(gear) Settings'), ...command('workbench.action.openSettings', '@ext:unmask.unmask') },
  ];
  const info = engine.status.info;
  const title = info
    ? vscode.l10n.t('Unmask: {0} on {1}', info.model?.id ?? vscode.l10n.t('no model'), info.device.description)
    : vscode.l10n.t('Unmask: the engine is not running; it starts when it is needed');
  const chosen = await vscode.window.showQuickPick(items, { title });
  await chosen?.run?.();
}

function describeMemory(rssMb: number | undefined): { description?: string } {
  return rssMb === undefined ? {} : { description: vscode.l10n.t('uses {0} MB', Math.round(rssMb)) };
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
