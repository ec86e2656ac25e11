import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import * as vscode from 'vscode';
import { readCompletionSettings } from '../../engine/settings';
import { languages } from '../../languages';
import { globMatcher } from '../glob';
import { isExcluded } from '../switches';
import type { Place } from '../reuse';
import { candidatesFor, importsOf } from './imports';
import { cutFile, PieceIndex, type CutFile } from './pieces';

/** Limits that keep the work of an index in the extension host small: characters of a file, files in all. */
const longestFile = 40_000;
const mostFiles = 8;
const mostRecent = 8;
/** An index is not made anew more often than this. */
const refreshMs = 3_000;

interface Known {
  readonly index: PieceIndex;
  readonly madeAt: number;
}

/**
 * What neighbouring files say that may help at a place: those that the document imports, and those that were edited lately. Only files of the workspace,
 * none that the settings exclude, and nothing by way of a link that leads outside.
 */
export class NeighbourContext implements vscode.Disposable {
  /** By document, gone with it. */
  private readonly indexes = new WeakMap<vscode.TextDocument, Known>();
  private readonly cut = new Map<string, { readonly version: string; readonly file: CutFile }>();
  /** Edited lately, the latest first. */
  private recent: { readonly uri: vscode.Uri; readonly languageId: string }[] = [];
  private readonly making = new WeakSet<vscode.TextDocument>();
  private readonly listener: vscode.Disposable;

  constructor(private readonly log: vscode.LogOutputChannel) {
    this.listener = vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (document.uri.scheme !== 'file') return;
      const others = this.recent.filter(({ uri }) => uri.toString() !== document.uri.toString());
      this.recent = [{ uri: document.uri, languageId: document.languageId }, ...others].slice(0, mostRecent);
    });
  }

  dispose(): void {
    this.listener.dispose();
  }

  /**
   * Text for the model to see before the prefix, of at most so many characters; empty until the neighbours have been read, which goes on in the
   * background, so that no completion waits for it.
   */
  contextFor(document: vscode.TextDocument, place: Place, characters: number): string {
    const known = this.indexes.get(document);
    if (known === undefined || performance.now() - known.madeAt > refreshMs) void this.make(document, Math.floor(characters / 2));
    return known?.index.contextFor(place, characters) ?? '';
  }

  private async make(document: vscode.TextDocument, pieceLength: number): Promise<void> {
    if (this.making.has(document)) return;
    this.making.add(document);
    try {
      const files: CutFile[] = [];
      for (const { uri, names } of await this.neighboursOf(document)) {
        const file = await this.read(uri, names, pieceLength);
        if (file) files.push(file);
        await breathe(); // keys go first
        if (files.length === mostFiles) break;
      }
      this.indexes.set(document, { index: new PieceIndex(files), madeAt: performance.now() });
    } catch (error) {
      this.log.warn(`No context from other files: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.making.delete(document);
    }
  }

  /** What it imports, in its order, and then what was edited lately. */
  private async neighboursOf(document: vscode.TextDocument): Promise<{ uri: vscode.Uri; names: readonly string[] }[]> {
    const found: { uri: vscode.Uri; names: readonly string[] }[] = [];
    if (document.uri.scheme === 'file')
      for (const { from, names } of importsOf(document.getText(new vscode.Range(0, 0, 300, 0)))) {
        for (const candidate of candidatesFor(from)) {
          const uri = vscode.Uri.joinPath(document.uri, '..', candidate);
          if (!(await exists(uri))) continue;
          found.push({ uri, names });
          break;
        }
      }
    const known = new Set([document.uri, ...found.map(({ uri }) => uri)].map(String));
    const recent = this.recent.filter(
      ({ uri, languageId }) => !known.has(uri.toString()) && family(languageId) === family(document.languageId),
    );
    return [...found, ...recent.map(({ uri }) => ({ uri, names: [] }))];
  }

  private async read(uri: vscode.Uri, imported: readonly string[], pieceLength: number): Promise<CutFile | undefined> {
    if (!(await mayBeRead(uri))) return undefined;
    const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
    const stat = open ? undefined : await vscode.workspace.fs.stat(uri);
    if (stat && stat.size > longestFile) return undefined;
    const version = `${pieceLength} ${imported.join(',')} ${open ? `open ${open.version}` : String(stat?.mtime)}`;
    const key = uri.toString();
    const known = this.cut.get(key);
    if (known?.version === version) return known.file;
    const text = open ? open.getText() : Buffer.from(await vscode.workspace.fs.readFile(uri)).toString('utf8');
    if (text.length > longestFile) return undefined;
    const file = cutFile({ path: uri.path, text, imported }, pieceLength);
    this.cut.delete(key);
    this.cut.set(key, { version, file });
    const oldest = this.cut.keys().next();
    if (this.cut.size > 4 * mostFiles && !oldest.done) this.cut.delete(oldest.value);
    return file;
  }
}

/** JavaScript and TypeScript help each other; other languages keep to themselves. */
function family(languageId: string): string {
  return languages.includes(languageId) ? 'script' : languageId;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type === vscode.FileType.File;
  } catch {
    return false;
  }
}

/** True for a file of the workspace that no setting keeps us out of, wherever links lead. */
async function mayBeRead(uri: vscode.Uri): Promise<boolean> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (uri.scheme !== 'file' || folder === undefined) return false;
  const hidden = ['files', 'search'].flatMap((section) =>
    Object.entries(vscode.workspace.getConfiguration(section, uri).get<Record<string, unknown>>('exclude', {}))
      .filter(([, on]) => on === true)
      .map(([glob]) => glob),
  );
  if (isExcluded(uri, readCompletionSettings({ uri, languageId: 'plaintext' }))) return false;
  if (globMatcher(hidden)(vscode.workspace.asRelativePath(uri, false))) return false;
  const [file, root] = await Promise.all([realpath(uri.fsPath), realpath(folder.uri.fsPath)]);
  const relative = path.relative(root, file);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}
