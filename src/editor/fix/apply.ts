import path from 'node:path';
import * as vscode from 'vscode';
import { minimalChanges } from './edits';
import { hashText } from './request';

/** A verified fix that waits for the user's decision. */
export interface PendingFix {
  readonly uri: vscode.Uri;
  /** The text the fix was computed on. */
  readonly baseText: string;
  readonly newText: string;
}

/** Writes a fix as one edit (one undo step). Returns why not, for the user, if the document is not what the fix was made for. */
export async function applyFix(fix: PendingFix): Promise<string | undefined> {
  const document = await vscode.workspace.openTextDocument(fix.uri);
  const name = path.basename(fix.uri.path);
  if (hashText(document.getText()) !== hashText(fix.baseText))
    return vscode.l10n.t(
      '{0} changed since this fix was found, so nothing was written. Undo that change, or run Reason and Fix again.',
      name,
    );
  const edit = new vscode.WorkspaceEdit();
  for (const { start, end, text } of minimalChanges(fix.baseText, fix.newText))
    edit.replace(fix.uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), text);
  // Carries the document's version: a change between the check above and this call makes it fail as a whole.
  if (!(await vscode.workspace.applyEdit(edit)))
    return vscode.l10n.t('VS Code could not write to {0}, so nothing was changed.', name);
  return undefined;
}

/** First line (0-based) that the fix changes. */
export function firstChangedLine(fix: PendingFix): number {
  const first = minimalChanges(fix.baseText, fix.newText)[0];
  return first === undefined ? 0 : fix.baseText.slice(0, first.start).split('\n').length - 1;
}
