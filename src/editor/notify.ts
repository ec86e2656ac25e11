import * as vscode from 'vscode';
import { EngineCrashed, EngineRequestError, EngineUnavailable } from '../client/errors';
import { errorCodes } from '../protocol/errors';

/** A button under a message: what it says and the command it runs. */
interface Action {
  readonly title: string;
  readonly command: string;
  readonly args?: readonly unknown[];
}

export const showLog: Action = { title: vscode.l10n.t('Show Log'), command: 'unmask.showLog' };
export const restartEngine: Action = { title: vscode.l10n.t('Restart Engine'), command: 'unmask.restartEngine' };

/** A button that opens the settings, filtered to the given one. */
export function openSetting(name: string): Action {
  return { title: vscode.l10n.t('Open Setting'), command: 'workbench.action.openSettings', args: [name] };
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
  log.error(error instanceof Error && !isExpected(error) ? error : message);
  tell('error', message, [...remedies(error), ...(retry && error instanceof EngineCrashed ? [retry] : []), showLog]);
}

function remedies(error: unknown): Action[] {
  if (error instanceof EngineUnavailable) return [openSetting('unmask.nodePath'), restartEngine];
  if (error instanceof EngineRequestError && error.code === errorCodes.modelUnusable) return [openSetting('unmask.model')];
  return [];
}

function isExpected(error: Error): boolean {
  return error instanceof EngineCrashed || error instanceof EngineUnavailable || error instanceof EngineRequestError;
}
