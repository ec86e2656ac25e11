import * as vscode from 'vscode';
import type { EngineRequestError } from '../client';
import { errorCodes } from '../protocol/errors';
import { engineSettings } from './engine/settings';

/** A button under a message: what it says and the command it runs. */
export interface Action {
  readonly title: string;
  readonly command: string;
  readonly args?: readonly unknown[];
}

export const showLog: Action = { title: vscode.l10n.t('Show Log'), command: 'unmask.showLog' };
export const restartEngine: Action = { title: vscode.l10n.t('Restart Engine'), command: 'unmask.restartEngine' };

/** A button that opens the settings, filtered to the given one. */
export function openSetting(name: string): Action {
  const title = vscode.l10n.t('Open Setting');
  // What is about the machine of the engine is, where that is a remote one, set on another page, and not even found on the user's.
  if (vscode.env.remoteName !== undefined && engineSettings.includes(name))
    return { title, command: 'workbench.action.openRemoteSettings', args: [{ query: name }] };
  return { title, command: 'workbench.action.openSettings', args: [name] };
}

/** Shows a message and runs the command of the button that the user presses. Returns at once. */
export function tell(level: 'info' | 'warning' | 'error', message: string, actions: readonly Action[] = []): void {
  const show = {
    info: vscode.window.showInformationMessage,
    warning: vscode.window.showWarningMessage,
    error: vscode.window.showErrorMessage,
  }[level];
  const titles = actions.map((action) => action.title);
  void show(message, ...titles).then((title) => {
    const chosen = actions.find((action) => action.title === title);
    if (chosen) void vscode.commands.executeCommand(chosen.command, ...(chosen.args ?? []));
  });
}

/** Tells of a request that failed, with the button that mends it where there is one. `retry` makes the same request again. */
export function tellFailure(error: unknown, log: vscode.LogOutputChannel, retry?: Action): void {
  const message = error instanceof Error ? error.message : String(error);
  const expected = expectedKind(error);
  log.error(error instanceof Error && expected === undefined ? error : message);
  tell('error', message, [...remedies(error), ...(retry && expected === 'EngineCrashed' ? [retry] : []), showLog]);
}

function remedies(error: unknown): Action[] {
  switch (expectedKind(error)) {
    case 'EngineUnavailable':
      return [openSetting('unmask.nodePath'), restartEngine];
    case 'EngineRequestError':
      return (error as EngineRequestError).code === errorCodes.modelUnusable ? [openSetting('unmask.model')] : [];
    default:
      return [];
  }
}

/** The client's typed errors, told apart by name: its classes live in a bundle that is loaded only when it is needed. */
function expectedKind(
  error: unknown,
): 'EngineCrashed' | 'EngineUnavailable' | 'EngineRequestError' | 'EngineDisposed' | undefined {
  if (!(error instanceof Error)) return undefined;
  const names = ['EngineCrashed', 'EngineUnavailable', 'EngineRequestError', 'EngineDisposed'] as const;
  return names.find((name) => name === error.name);
}
