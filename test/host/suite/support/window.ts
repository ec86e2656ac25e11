import * as vscode from 'vscode';

export interface Told {
  readonly level: 'info' | 'warning' | 'error';
  readonly message: string;
  readonly buttons: readonly string[];
}

export interface WindowListener {
  /** Messages that the extension showed since, oldest first. */
  readonly told: readonly Told[];
  dispose(): void;
}

interface Reactions {
  /** The button of a message that the user presses. Default: none. */
  readonly press?: (told: Told) => string | undefined;
  /** Called with each line of work that shows its progress. */
  readonly onProgress?: (message: string) => void;
}

type Show = (message: string, ...buttons: string[]) => Thenable<string | undefined>;
type WithProgress = typeof vscode.window.withProgress;

/**
 * Hears what the extension says to the user, and answers in their place: tests share its `vscode` module, and messages of the workbench can't be reached from an
 * extension host otherwise. Progress is shown as ever.
 */
export function listenToWindow({ press, onProgress }: Reactions): WindowListener {
  const { showInformationMessage, showWarningMessage, showErrorMessage, withProgress } = vscode.window;
  const told: Told[] = [];
  const show =
    (level: Told['level']): Show =>
    (message, ...buttons) => {
      const one = { level, message, buttons };
      told.push(one);
      return Promise.resolve(press?.(one));
    };
  const heard: WithProgress = (options, task) =>
    withProgress(options, (progress, token) => {
      const report: typeof progress.report = (value) => {
        if (value.message !== undefined) onProgress?.(value.message);
        progress.report(value);
      };
      return task({ report }, token);
    });
  Object.assign(vscode.window, {
    showInformationMessage: show('info'),
    showWarningMessage: show('warning'),
    showErrorMessage: show('error'),
    withProgress: heard,
  });
  return {
    told,
    dispose: () => {
      Object.assign(vscode.window, { showInformationMessage, showWarningMessage, showErrorMessage, withProgress });
    },
  };
}
