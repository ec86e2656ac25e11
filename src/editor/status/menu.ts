import * as vscode from 'vscode';
import type { Health } from '../../protocol/messages';
import type { Snooze } from '../completion/snooze';
import type { EngineService, EngineStatus } from '../engine/engine-service';
import { openSetting, type Action } from '../notify';
import { settingIn } from './setting-in';

interface MenuItem extends vscode.QuickPickItem {
  readonly run?: () => Thenable<unknown>;
}

/** The quick menu of the status bar: what is there, what can be done, and first of all what mends a problem. */
export async function showMenu(engine: EngineService, snooze: Snooze): Promise<void> {
  const [health, commands] = await Promise.all([engine.health(), vscode.commands.getCommands(true)]);
  const known = new Set(commands);
  const { status } = engine;
  // What another build or the user's own choice leaves out is not offered.
  const items = [...problem(status), ...features(snooze), ...engineItems(status, health), ...help()].filter(
    ({ command }) => command === undefined || command.startsWith('workbench.') || known.has(command),
  );
  const title = status.info
    ? vscode.l10n.t('Unmask: {0} on {1}', status.info.model?.id ?? vscode.l10n.t('no model'), status.info.device.description)
    : vscode.l10n.t('Unmask: the engine is not running; it starts when it is needed');
  const chosen = await vscode.window.showQuickPick<MenuItem>(items.map(asItem), { title, matchOnDescription: true });
  await chosen?.run?.();
}

/** A line of the menu; without a command it is a heading. */
interface Entry {
  readonly label: string;
  readonly description?: string | undefined;
  readonly detail?: string | undefined;
  readonly command?: string;
  readonly args?: readonly unknown[];
}

function asItem({ label, description, detail, command, args = [] }: Entry): MenuItem {
  if (command === undefined) return { label, kind: vscode.QuickPickItemKind.Separator };
  return {
    label,
    ...(description !== undefined && { description }),
    ...(detail !== undefined && { detail }),
    run: () => vscode.commands.executeCommand(command, ...args),
  };
}

function problem({ problem: message, state }: EngineStatus): Entry[] {
  if (message === undefined && state !== 'failed') return [];
  const said = message ?? vscode.l10n.t('The engine crashed too often and is not started again.');
  const setting = settingIn(said);
  const mend: Entry =
    setting === undefined
      ? { label: vscode.l10n.t('$(debug-restart) Try Again'), detail: said, command: 'unmask.restartEngine' }
      : { label: vscode.l10n.t('$(error) Open Setting {0}', setting), detail: said, ...opening(setting) };
  return [{ label: vscode.l10n.t('Problem') }, mend];
}

function opening(setting: string): Pick<Action, 'command' | 'args'> {
  const { command, args } = openSetting(setting);
  return { command, ...(args && { args }) };
}

function features(snooze: Snooze): Entry[] {
  const { t } = vscode.l10n;
  const on = vscode.workspace.getConfiguration('unmask').get<boolean>('completion.enabled', true);
  return [
    { label: t('Features') },
    { label: t('$(wand) Reason and Fix'), command: 'unmask.reasonAndFix' },
    { label: t('$(edit) Edit Selection'), command: 'unmask.editSelection' },
    { label: t('$(layers) Show Denoising'), command: 'unmask.showDenoising' },
    { label: t('$(comment-discussion) Open Chat'), command: 'unmask.openChat' },
    {
      label: on ? t('$(circle-slash) Switch Inline Completions Off') : t('$(check) Switch Inline Completions On'),
      command: 'unmask.toggleCompletions',
    },
    {
      label: t('$(bell-slash) Snooze Ghost Text…'),
      description: snooze.active ? t('{0} minutes left', snooze.minutesLeft) : undefined,
      command: 'unmask.snoozeCompletions',
    },
  ];
}

function engineItems({ info }: EngineStatus, health: Health | undefined): Entry[] {
  const { t } = vscode.l10n;
  return [
    { label: t('Engine') },
    {
      label: t('$(circuit-board) Device'),
      description: info?.device.description,
      detail: info?.device.reason,
      ...opening('unmask.device'),
    },
    { label: t('$(package) Model'), description: info?.model?.id, ...opening('unmask.model') },
    {
      label: t('$(debug-restart) Restart Engine'),
      description: health && t('uses {0} MB', Math.round(health.rssMb)),
      command: 'unmask.restartEngine',
    },
  ];
}

function help(): Entry[] {
  const { t } = vscode.l10n;
  return [
    { label: t('Help') },
    { label: t('$(output) Show Log'), command: 'unmask.showLog' },
    { label: t('$(pulse) Collect Diagnostics'), command: 'unmask.collectDiagnostics' },
    { label: t('$(book) Walkthrough'), command: 'unmask.openWalkthrough' },
    { label: t('$(gear) Settings'), command: 'workbench.action.openSettings', args: ['@ext:unmask.unmask'] },
  ];
}
