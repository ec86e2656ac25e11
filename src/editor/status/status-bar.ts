import * as vscode from 'vscode';
import type { EngineService, EngineStatus } from '../engine/engine-service';

/** How often the memory in the tooltip is looked up, while the engine runs and the window is in use. */
const memoryMs = 15_000;

/** Shows model, device truly in use, memory and state of the engine; a click opens the menu. */
export function registerStatusBar(engine: EngineService): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('unmask.status', vscode.StatusBarAlignment.Right, 90);
  item.name = vscode.l10n.t('Unmask');
  item.command = 'unmask.showMenu';
  let rssMb: number | undefined;
  const show = (): void => {
    const { text, accessible, level } = describe(engine.status);
    item.text = text;
    item.accessibilityInformation = { label: accessible };
    item.backgroundColor = level === undefined ? undefined : new vscode.ThemeColor(`statusBarItem.${level}Background`);
    item.tooltip = tooltip(engine.status, accessible, rssMb);
  };
  const measure = async (): Promise<void> => {
    if (!vscode.window.state.focused) return;
    const before = rssMb;
    rssMb = (await engine.health())?.rssMb;
    if (rssMb !== before) show();
  };
  const timer = setInterval(() => void measure(), memoryMs);
  show();
  item.show();
  return vscode.Disposable.from(
    item,
    engine.onDidChangeStatus((status) => {
      if (status.info === undefined) rssMb = undefined;
      show();
      if (status.state === 'ready' && !status.working) void measure();
    }),
    {
      dispose() {
        clearInterval(timer);
      },
    },
  );
}

interface Description {
  readonly text: string;
  readonly accessible: string;
  readonly level?: 'error' | 'warning';
}

function describe(status: EngineStatus): Description {
  const { t } = vscode.l10n;
  if (status.state === 'failed' || status.problem !== undefined)
    return { text: '$(error) Unmask', accessible: t('Unmask: the engine does not run'), level: 'error' };
  if (status.state === 'waiting')
    return { text: '$(sync~spin) Unmask', accessible: t('Unmask: the engine crashed and starts again'), level: 'warning' };
  if (status.state === 'starting') return { text: '$(sync~spin) Unmask', accessible: t('Unmask: the engine loads its model') };
  if (status.info === undefined)
    return { text: '$(circle-outline) Unmask', accessible: t('Unmask: the engine starts when it is needed') };
  const device = status.info.device.inUse === 'cpu' ? 'CPU' : 'WebGPU';
  const model = status.info.model?.id ?? t('no model');
  return {
    text: `${status.working ? '$(sync~spin)' : '$(sparkle)'} ${model} · ${device}`,
    accessible: t('Unmask: {0} on {1}, {2}', model, device, status.working ? t('working') : t('idle')),
  };
}

function tooltip(status: EngineStatus, headline: string, rssMb: number | undefined): vscode.MarkdownString {
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
    if (rssMb !== undefined) paragraph(vscode.l10n.t('Memory: {0} MB', Math.round(rssMb)));
    paragraph(vscode.l10n.t('Ready after {0} s', (readyMs / 1000).toFixed(1)));
  }
  return text;
}
