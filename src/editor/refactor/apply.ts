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
  for (const file of result.files) {
    const problem = file.exists ? await addChanges(edit, file, options.preview) : await addNew(edit, file, options.preview);
    if (problem !== undefined) return problem;
  }
  // Carries the versions of the documents: one that changes before this is done makes it fail as a whole.
  return vscode.workspace.applyEdit(edit, { isRefactoring: true });
}

async function addChanges(edit: vscode.WorkspaceEdit, file: RefactorFile, preview: boolean): Promise<string | undefined> {
  const uri = vscode.Uri.file(file.file);
  const document = await vscode.workspace.openTextDocument(uri);
  if (hashText(document.getText()) !== file.baseHash) return staleText(file);
  for (const { start, end, text, title, tested } of file.changes) {
    const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
    edit.replace(uri, range, text, metadata(title, preview, result(file, tested)));
  }
  return undefined;
}

async function addNew(edit: vscode.WorkspaceEdit, file: RefactorFile, preview: boolean): Promise<string | undefined> {
  const uri = vscode.Uri.file(file.file);
  const exists = await vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
  if (exists) return staleText(file);
  const title = file.changes[0]?.title ?? path.basename(file.file);
  edit.createFile(uri, { contents: Buffer.from(file.newText) }, metadata(title, preview, vscode.l10n.t('a new file')));
  return undefined;
}

function result({ file }: RefactorFile, tested: boolean): string {
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
