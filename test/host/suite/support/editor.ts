import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';

export const extensionId = 'unmask.unmask';

/** Absolute path of a file in the copy of the samples that this VS Code has open. */
export function inWorkspace(...names: string[]): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert(folder, 'a folder is open');
  return path.join(folder.uri.fsPath, ...names);
}

/** Opens a file with the cursor after the first occurrence of `marker`. */
export async function openAt(file: string, marker: string): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument(inWorkspace(file));
  const at = document.getText().indexOf(marker);
  assert(at >= 0, `${file} holds ${marker}`);
  const position = document.positionAt(at + marker.length);
  return vscode.window.showTextDocument(document, {
    selection: new vscode.Range(position, position),
    viewColumn: vscode.ViewColumn.One,
  });
}

/** Closes every editor; what was typed and not saved is lost. */
export async function closeAll(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  for (const document of vscode.workspace.textDocuments) {
    if (!document.isDirty) continue;
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

/** Waits for something that takes its time; fails with `what` if it does not come. */
export async function until<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = 60_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) assert.fail(`not within ${timeoutMs / 1000} s: ${what}`);
    await delay(100);
  }
}

/** The text of the reasoning view, as a reader of it sees it. */
export async function reasoning(): Promise<string> {
  const uri = vscode.Uri.from({ scheme: 'unmask-trace', path: '/Unmask Reasoning.md' });
  return (await vscode.workspace.openTextDocument(uri)).getText();
}

/** The tab that previews a fix. */
export function previewTab(): vscode.TabInputTextDiff | undefined {
  const inputs = vscode.window.tabGroups.all.flatMap((group) => group.tabs).map((tab) => tab.input);
  return inputs.find(
    (input): input is vscode.TabInputTextDiff =>
      input instanceof vscode.TabInputTextDiff && input.modified.scheme === 'unmask-fix',
  );
}

/** Runs one test of the samples for real, in a process of its own; true if it passes. */
export async function testPasses(title: string): Promise<boolean> {
  const mocha = path.join(vscode.extensions.getExtension(extensionId)!.extensionPath, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const options = { cwd: inWorkspace(), env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } };
  const output = await new Promise<string>((resolve) => {
    // A failing test gives an exit code other than 0, which is an answer here: what it prints says which.
    execFile(process.execPath, [mocha, '--reporter', 'json', '--fgrep', title], options, (_error, stdout) => {
      resolve(stdout);
    });
  });
  const report = JSON.parse(output) as { stats: { passes: number; failures: number } };
  assert.equal(report.stats.passes + report.stats.failures, 1, `exactly one test is called "${title}"`);
  return report.stats.failures === 0;
}
