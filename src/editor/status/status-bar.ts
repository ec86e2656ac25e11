import * as vscode from 'vscode';
import type { EngineService, EngineStatus } from '../engine/engine-service';

/** Shows model, device truly in use and state of the engine; a click opens the menu. */
export function registerStatusBar(engine: EngineService): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('unmask.status', vscode.StatusBarAlignment.Right, 90);
  item.name = vscode.l10n.t('Unmask');
  item.command = 'unmask.showMenu';
  const show = (status: EngineStatus): void => {
    const { text, accessible, level } = describe(status);
    item.text = text;
    item.accessibilityInformation = { label: accessible };
    item.backgroundColor = level === undefined ? undefined : new vscode.ThemeColor(`statusBarItem.${level}Background`);
    item.tooltip = tooltip(status, accessible);
  };
  show(engine.status);
  item.show();
  return vscode.Disposable.from(item, engine.onDidChangeStatus(show));
}

function describe(status: EngineStatus): { text: string; accessible: string; level?: 'error' | 'warning' } {
  if (status.state === 'failed' || status.problem !== undefined)
    return { text: '$(error) Unmask', accessible: vscode.l10n.t('Unmask: the engine does not run'), level: 'error' };
  if (status.state === 'waiting')
    return {
      text: '$(sync~spin) Unmask',
      accessible: vscode.l10n.t('Unmask: the engine crashed and starts again'),
      level: 'warning',
    };
  if (status.state === 'starting')
    return { text: '$(sync~spin) Unmask', accessible: vscode.l10n.t('Unmask: the engine is starting') };
  if (status.info === undefined)
    return { text: '$(circle-outline) Unmask', accessible: vscode.l10n.t('Unmask: the engine starts when it is needed') };
  const device = status.info.device.inUse === 'cpu' ? 'CPU' : 'WebGPU';
  const model = status.info.model?.id ?? vscode.l10n.t('no model');
  return {
    text: `${status.working ? '$(sync~spin)' : '$(sparkle)'} ${model} · ${device}`,
    accessible: vscode.l10n.t(
      'Unmask: {0} on {1}, {2}',
      model,
      device,
      status.working ? vscode.l10n.t('working') : vscode.l10n.t('ready'),
    ),
  };
}

function tooltip(status: EngineStatus, headline: string): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendText(headline);
  const paragraph = (words: string): void => {
    text.appendMarkdown('\n\n').appendText(words);
  };
  if (status.problem !== undefined) paragraph(status.problem);
  if (status.info !== undefined) {
    const { model, device, readyMs } = status.info;
    if (model) paragraph(vscode.l10n.t('Model: {0}, {1} million parameters', model.id, (model.parameters / 1e6).toFixed(1)));
    paragraph(vscode.l10n.t('Device: {0}', device.description));
    if (device.reason !== undefined) paragraph(device.reason);
    paragraph(vscode.l10n.t('Ready after {0} s', (readyMs / 1000).toFixed(1)));
  }
  return text;
}
