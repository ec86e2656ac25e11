import * as vscode from 'vscode';
import type { EngineService } from '../engine/engine-service';
import type { Log } from '../log';
import { tell } from '../notify';
import { gather, placesInUse } from './gather';
import { report, type Choices, type ReportWords } from './report';

interface Choice extends vscode.QuickPickItem {
  readonly key: keyof Choices;
}

/** `Unmask: Collect Diagnostics`: a report that the user reads before anyone else does. Nothing is sent or stored. */
export async function collectDiagnostics(extension: vscode.Extension<unknown>, engine: EngineService, log: Log): Promise<void> {
  const choices = await ask();
  if (!choices) return;
  const facts = await withProgress((signal) => gather(extension, engine, log, signal));
  if (!facts) return;
  const content = report(facts, choices, placesInUse(extension), reportWords());
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content });
  await vscode.window.showTextDocument(document, { preview: false });
  tell('info', vscode.l10n.t('This report was made for you alone: nothing was sent or saved. Read it before you share it.'));
}

/** What to put in; undefined where the user turned away. */
async function ask(): Promise<Choices | undefined> {
  const items: Choice[] = [
    {
      key: 'log',
      label: vscode.l10n.t('Last lines of the log'),
      description: vscode.l10n.t('without paths and code'),
      picked: true,
    },
    { key: 'paths', label: vscode.l10n.t('Paths, names and free texts of settings as they are') },
    { key: 'code', label: vscode.l10n.t('The text of the active editor') },
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: vscode.l10n.t('Collect Diagnostics'),
    placeHolder: vscode.l10n.t('Versions, system, engine and changed settings are in it always. What else?'),
  });
  if (!chosen) return undefined;
  const has = (key: keyof Choices): boolean => chosen.some((item) => item.key === key);
  return { log: has('log'), paths: has('paths'), code: has('code') };
}

/** Undefined if the user called it off. */
async function withProgress<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Collecting diagnostics'),
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (_progress, token) => {
    const controller = new AbortController();
    const listener = token.onCancellationRequested(() => {
      controller.abort();
    });
    try {
      const result = await work(controller.signal);
      return token.isCancellationRequested ? undefined : result;
    } finally {
      listener.dispose();
    }
  });
}

function reportWords(): ReportWords {
  const { t } = vscode.l10n;
  return {
    title: t('Unmask diagnostics'),
    sent: t('Made on this machine, not sent anywhere. Read it before you share it.'),
    versions: t('Versions'),
    system: t('System'),
    engine: t('Engine'),
    settings: t('Settings that are not the default'),
    noSettings: t('None.'),
    set: t('set'),
    log: t('Last lines of the log'),
    leftOut: t('(a line that holds code was left out)'),
    code: t('The active editor'),
  };
}
