import path from 'node:path';
import * as vscode from 'vscode';
import type { RefactorFile, RefactorResult } from '../../protocol/refactor';
import { hashText } from '../fix/request';

/**
 * Shows the changes in VS Code's preview of refactorings, each to be ticked, and writes what the user takes as one step to undo. Returns why not, for the
 * user, where a file is not what the changes were computed on; false where the user discarded them.
 */
export async function applyRefactoring(
  result: RefactorResult,
  options: { readonly preview: boolean },
): Promise<string | boolean> {
  const edit = new vscode.WorkspaceEdit();
  // What needs confirmation is shown unticked: that is for what a model wrote and no test has run.
  const doubts = options.preview && result.how === 'denoised';
  for (const file of result.files) {
    const problem = file.exists ? await addChanges(edit, file, doubts) : await addNew(edit, file, doubts);
    if (problem !== undefined) return problem;
  }
  if (options.preview) forcePreview(edit, result);
  // Carries the versions of the documents: one that changes before this is done makes it fail as a whole.
  return vscode.workspace.applyEdit(edit, { isRefactoring: true });
}

/**
 * VS Code shows its preview only if something needs confirmation, and what does is not ticked in it; the rest would need one press for each file. So one
 * line that changes nothing asks for the preview, and the changes themselves are ticked.
 */
function forcePreview(edit: vscode.WorkspaceEdit, { files }: RefactorResult): void {
  const file = files.find(({ exists }) => exists);
  if (!file) return;
  const top = new vscode.Range(0, 0, 0, 0);
  edit.replace(vscode.Uri.file(file.file), top, '', metadata(vscode.l10n.t('Nothing to confirm'), true, ''));
}

async function addChanges(edit: vscode.WorkspaceEdit, file: RefactorFile, doubts: boolean): Promise<string | undefined> {
  const uri = vscode.Uri.file(file.file);
  const document = await vscode.workspace.openTextDocument(uri);
  if (hashText(document.getText()) !== file.baseHash) return staleText(file);
  for (const { start, end, text, title, tested } of file.changes) {
    const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
    edit.replace(uri, range, text, metadata(title, doubts && !tested, told(file, tested)));
  }
  return undefined;
}

async function addNew(edit: vscode.WorkspaceEdit, file: RefactorFile, doubts: boolean): Promise<string | undefined> {
  const uri = vscode.Uri.file(file.file);
  const exists = await vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
  if (exists) return staleText(file);
  const title = file.changes[0]?.title ?? path.basename(file.file);
  edit.createFile(uri, { contents: Buffer.from(file.newText) }, metadata(title, doubts, vscode.l10n.t('a new file')));
  return undefined;
}

function told({ file }: RefactorFile, tested: boolean): string {
  const name = vscode.workspace.asRelativePath(file);
  return tested ? vscode.l10n.t('{0}, run by a test', name) : vscode.l10n.t('{0}, run by no test', name);
}

function metadata(label: string, needsConfirmation: boolean, description: string): vscode.WorkspaceEditEntryMetadata {
  return { label, needsConfirmation, description, iconPath: new vscode.ThemeIcon('symbol-misc') };
}

function staleText({ file }: RefactorFile): string {
  const name = path.basename(file);
  return vscode.l10n.t('{0} changed since this was computed, so nothing was written. Refactor again.', name);
}
