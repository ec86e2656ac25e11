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

/** The first thing that a fix changes, as a range in the new text. */
export function firstChange(fix: PendingFix): vscode.Range {
  const first = minimalChanges(fix.baseText, fix.newText)[0];
  if (first === undefined) return new vscode.Range(0, 0, 0, 0);
  const position = (offset: number): vscode.Position => {
    const lines = fix.newText.slice(0, offset).split(/\r\n|\r|\n/);
    return new vscode.Position(lines.length - 1, lines.at(-1)!.length);
  };
  // Up to the first change the two texts are the same, so its beginning has the same offset in both.
  return new vscode.Range(position(first.start), position(first.start + first.text.length));
}
