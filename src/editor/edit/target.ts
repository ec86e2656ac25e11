import path from 'node:path';
import * as vscode from 'vscode';
import type { EditTarget } from '../../protocol/edit';
import { languages } from '../languages';

const endings: Readonly<Record<string, string>> = {
  javascript: '.js',
  javascriptreact: '.jsx',
  typescript: '.ts',
  typescriptreact: '.tsx',
};

/** The editor that an edit is about; a string says, for the user, why there is none. */
export async function findEditor(): Promise<vscode.TextEditor | string> {
  const editor = vscode.window.activeTextEditor;
  if (!editor || !languages.includes(editor.document.languageId))
    return vscode.l10n.t('Open a JavaScript or TypeScript file and select the lines to edit.');
  return (await isReadOnly(editor.document))
    ? vscode.l10n.t('{0} is read-only, so it was not edited.', path.basename(editor.document.uri.path))
    : editor;
}

/** True for documents that can't be written: of file systems for reading only, and files without the permission. */
async function isReadOnly({ uri }: vscode.TextDocument): Promise<boolean> {
  if (uri.scheme === 'untitled') return false;
  if (vscode.workspace.fs.isWritableFileSystem(uri.scheme) !== true) return true;
  try {
    const { permissions } = await vscode.workspace.fs.stat(uri);
    // Besides the API's own flag: files whose mode has no write permission, which an editor may unlock first.
    return Boolean(permissions);
  } catch {
    return false; // deleted on disk: the editor's text can still be edited and saved
  }
}

/** What the engine is to look at: the text as the editor shows it, saved or not. */
export function targetOf({ document, selection }: vscode.TextEditor): EditTarget {
  const name = document.uri.scheme === 'file' ? document.uri.fsPath : document.uri.path;
  const file = /\.[mc]?[jt]sx?$/i.test(name) ? name : `${name}${endings[document.languageId] ?? '.js'}`;
  return {
    file,
    text: document.getText(),
    range: { start: document.offsetAt(selection.start), end: document.offsetAt(selection.end) },
  };
}
