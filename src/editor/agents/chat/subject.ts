import * as vscode from 'vscode';
import { languages } from '../../languages';

/** What a message is about: a document, and lines in it (0-based range) where they are named. */
export interface Subject {
  readonly document: vscode.TextDocument;
  readonly selection: vscode.Range | undefined;
}

/** The first file or selection that the message refers to, else the active editor. A string says, for the user, why there is none. */
export async function subjectOf(references: readonly vscode.ChatPromptReference[]): Promise<Subject | string> {
  for (const { value } of references) {
    if (value instanceof vscode.Location)
      return served(await vscode.workspace.openTextDocument(value.uri), value.range.isEmpty ? undefined : value.range);
    if (value instanceof vscode.Uri) {
      const document = await vscode.workspace.openTextDocument(value);
      const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
      return served(document, shown?.selection.isEmpty === false ? shown.selection : undefined);
    }
  }
  // While the chat has the focus there is no active editor: then the one that is seen.
  const editor = vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors.find(({ document }) => isServed(document));
  if (!editor) return vscode.l10n.t('Open a JavaScript or TypeScript file, or refer to one with #file.');
  return served(editor.document, editor.selection);
}

function served(document: vscode.TextDocument, selection: vscode.Range | undefined): Subject | string {
  if (isServed(document)) return { document, selection };
  const name = vscode.workspace.asRelativePath(document.uri);
  return vscode.l10n.t('{0} is neither JavaScript nor TypeScript, which is what Unmask works on.', name);
}

function isServed({ languageId }: vscode.TextDocument): boolean {
  return languages.includes(languageId);
}
