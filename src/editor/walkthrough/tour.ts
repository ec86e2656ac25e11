import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { FixController, RunOutcome } from '../fix/controller';
import { copySample, sampleFault } from './sample';

/** Code with a gap that the embedded model is sure about, and code that known edits improve. */
const gapCode = ['/** The sum of all values. */', 'function sum(values) {', '  let total = 0;', '  for (let i = 0; i < values'];
const gapRest = ['; i++) {', '    total += values[i];', '  }', '  return total;', '}', ''];
const oldCode = [
  'function greet(names) {',
  '  var lines = [];',
  '  for (var i = 0; i < names.length; i++) {',
  "    lines.push('Hello, ' + names[i] + '!');",
  '  }',
  "  return lines.join('\\n');",
  '}',
  '',
];

/** What the walkthrough's buttons do. Temporary folders go with it. */
export class Tour implements vscode.Disposable {
  private readonly temporary: string[] = [];

  constructor(
    private readonly extensionPath: string,
    private readonly fixes: FixController,
  ) {}

  /** A new document with the cursor in a gap, and the completion for it. */
  async tryGhostText(): Promise<void> {
    const before = gapCode.join('\n');
    const editor = await newDocument(before + gapRest.join('\n'));
    const at = editor.document.positionAt(before.length);
    editor.selection = new vscode.Selection(at, at);
    await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
  }

  /** A new document, all of it selected, and the question what to change. */
  async tryEdit(): Promise<void> {
    const text = oldCode.join('\n');
    const editor = await newDocument(text);
    editor.selection = new vscode.Selection(new vscode.Position(0, 0), editor.document.positionAt(text.length - 1));
    await vscode.commands.executeCommand('unmask.editSelection');
  }

  /** A copy of the sample where the user wants it, and a search for its fault. */
  async fixSample(): Promise<RunOutcome> {
    const parent = await this.chooseParent();
    if (parent === undefined) return 'cancelled';
    const folder = await copySample(this.extensionPath, parent);
    const document = await vscode.workspace.openTextDocument(path.join(folder, sampleFault.file));
    const at = document.positionAt(document.getText().indexOf(sampleFault.text));
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at), viewColumn: vscode.ViewColumn.One });
    const outcome = await this.fixes.reasonAndFix(undefined);
    if (outcome === 'fixed') await vscode.commands.executeCommand('setContext', 'unmask.sampleFixed', true);
    return outcome;
  }

  dispose(): void {
    for (const folder of this.temporary) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }

  private async chooseParent(): Promise<string | undefined> {
    const { t } = vscode.l10n;
    const chosen = await vscode.window.showQuickPick(
      [
        { label: t('In a temporary folder'), description: t('gone when this window closes'), temporary: true },
        { label: t('In a folder that I choose…'), temporary: false },
      ],
      { title: t('Where shall the copy of the sample be?') },
    );
    if (!chosen) return undefined;
    if (!chosen.temporary) {
      const folders = await vscode.window.showOpenDialog({
        canSelectFiles: false,
        canSelectFolders: true,
        openLabel: t('Copy the Sample Here'),
      });
      return folders?.[0]?.fsPath;
    }
    const folder = await mkdtemp(path.join(os.tmpdir(), 'unmask-walkthrough-'));
    this.temporary.push(folder);
    return folder;
  }
}

async function newDocument(content: string): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument({ language: 'javascript', content });
  return vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, preview: false });
}
