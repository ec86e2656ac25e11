import { access, constants } from 'node:fs/promises';
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

/** True for documents that can't be written: of file systems for reading only, by the user's settings, and files without the permission. */
async function isReadOnly(document: vscode.TextDocument): Promise<boolean> {
  const { uri } = document;
  if (uri.scheme === 'untitled') return false;
  if (vscode.workspace.fs.isWritableFileSystem(uri.scheme) !== true || isSetReadOnly(document)) return true;
  try {
    if (uri.scheme === 'file') await access(uri.fsPath, constants.W_OK);
    return Boolean((await vscode.workspace.fs.stat(uri)).permissions);
  } catch (error) {
    // One that is deleted on disk can still be edited and saved.
    return (error as NodeJS.ErrnoException).code === 'EACCES';
  }
}

/** The editor would not let the user type there, but lets extensions write. */
function isSetReadOnly(document: vscode.TextDocument): boolean {
  const settings = vscode.workspace.getConfiguration('files', document);
  const folder = vscode.workspace.getWorkspaceFolder(document.uri);
  const matches = (name: string): boolean =>
    Object.entries(settings.get<Record<string, boolean>>(name, {})).some(([glob, on]) => {
      const pattern = folder ? new vscode.RelativePattern(folder, glob) : glob;
      return on && vscode.languages.match({ pattern }, document) > 0;
    });
  return matches('readonlyInclude') && !matches('readonlyExclude');
}

/** What the engine is to look at: the text as the editor shows it, saved or not. */
export function targetOf({ document, selection }: vscode.TextEditor): EditTarget {
  return {
    file: fileOf(document),
    text: document.getText(),
    range: { start: document.offsetAt(selection.start), end: document.offsetAt(selection.end) },
  };
}

/** A document's file, or a name for it whose ending says which language it is in. */
export function fileOf({ uri, languageId }: vscode.TextDocument): string {
  const name = uri.scheme === 'file' ? uri.fsPath : uri.path;
  return /\.[mc]?[jt]sx?$/i.test(name) ? name : `${name}${endings[languageId] ?? '.js'}`;
}
