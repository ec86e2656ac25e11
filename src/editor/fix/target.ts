import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { FixParams } from '../../protocol/messages';
import { languages } from '../languages';
import { looksLikeTest, testedFiles, testTitle } from './imports';

/** What Reason and Fix is asked to repair. */
export interface FixTarget {
  readonly document: vscode.TextDocument;
  readonly range?: FixParams['range'];
  readonly diagnostic?: FixParams['diagnostic'];
  readonly tests?: readonly string[];
}

/** What the quick fix passes to the command. */
export interface QuickFixArguments {
  readonly uri: vscode.Uri;
  readonly diagnostic: { readonly message: string; readonly line: number };
}

/** How long to wait for the language service's outline before the whole file is taken instead. */
const outlineWaitMs = 3_000;

const containers = new Set([
  vscode.SymbolKind.Class,
  vscode.SymbolKind.Namespace,
  vscode.SymbolKind.Module,
  vscode.SymbolKind.Object,
]);
const callables = new Set([vscode.SymbolKind.Function, vscode.SymbolKind.Method, vscode.SymbolKind.Constructor]);
const holders = new Set([
  vscode.SymbolKind.Variable,
  vscode.SymbolKind.Constant,
  vscode.SymbolKind.Property,
  vscode.SymbolKind.Field,
]);

/**
 * Finds the target from what the command was called with: nothing or an editor's file (its selection, else the function at the
 * cursor), a quick fix's arguments, or a test of the Testing view. A string says, for the user, why there is none.
 */
export async function findTarget(argument: unknown): Promise<FixTarget | string | undefined> {
  if (isQuickFix(argument)) {
    const document = await vscode.workspace.openTextDocument(argument.uri);
    const range = await functionAt(document, new vscode.Position(argument.diagnostic.line - 1, 0));
    return { document, diagnostic: argument.diagnostic, ...(range && { range }) };
  }
  const test = asTestItem(argument);
  if (test) {
    if (test.uri === undefined) return vscode.l10n.t('This test does not say which file it is in.');
    return forTestFile(await vscode.workspace.openTextDocument(test.uri), test.children.size === 0 ? test.label : undefined);
  }
  const editor = vscode.window.activeTextEditor;
  if (!editor || !languages.includes(editor.document.languageId) || editor.document.uri.scheme !== 'file')
    return vscode.l10n.t('Open a JavaScript or TypeScript file and place the cursor in the function to repair.');
  return targetIn(editor.document, editor.selection);
}

/**
 * The target in a document: the selected lines, else the function at the cursor; without a selection, all of it. A test's file stands for the
 * file that it tests. Undefined where the user, asked which, turned away.
 */
export async function targetIn(
  document: vscode.TextDocument,
  selection: vscode.Range | undefined,
): Promise<FixTarget | string | undefined> {
  if (document.uri.scheme !== 'file') return vscode.l10n.t('Save the file first: its tests run on files.');
  if (looksLikeTest(vscode.workspace.asRelativePath(document.uri)))
    return forTestFile(document, selection && (await testAt(document, selection.end)));
  if (!selection) return { document };
  const range = selection.isEmpty ? await functionAt(document, selection.end) : selectedLines(selection);
  return { document, ...(range && { range }) };
}

/** A test's file is never repaired itself: the file it imports is. Asks which one where there are several. */
async function forTestFile(document: vscode.TextDocument, title: string | undefined): Promise<FixTarget | string | undefined> {
  const isFile = (file: string): boolean => existsSync(file) && statSync(file).isFile();
  const files = testedFiles(document.uri.fsPath, document.getText(), isFile);
  if (files.length === 0)
    return vscode.l10n.t(
      'This test imports no file of the project by a relative path. Open the file to repair and run the command there.',
    );
  let file = files[0]!;
  if (files.length > 1) {
    const items = files.map((name) => ({ label: path.basename(name), description: vscode.workspace.asRelativePath(name), name }));
    const chosen = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Which file shall be repaired?') });
    if (!chosen) return undefined;
    file = chosen.name;
  }
  return { document: await vscode.workspace.openTextDocument(file), ...(title !== undefined && { tests: [title] }) };
}

function selectedLines(selection: vscode.Range): { start: number; end: number } {
  // A selection that ends at a line's very beginning does not mean that line.
  const end =
    selection.end.character === 0 && selection.end.line > selection.start.line ? selection.end.line : selection.end.line + 1;
  return { start: selection.start.line + 1, end };
}

/** Lines (1-based) of the outermost function or method around a position, not of a callback inside it. */
async function functionAt(
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<{ start: number; end: number } | undefined> {
  let symbols = await outline(document);
  let holder: vscode.DocumentSymbol | undefined;
  for (;;) {
    const inside = symbols.find((symbol) => symbol.range.contains(position));
    if (!inside) break;
    if (callables.has(inside.kind)) {
      holder = inside;
      break;
    }
    if (holders.has(inside.kind)) holder = inside;
    else if (!containers.has(inside.kind)) break;
    symbols = inside.children;
  }
  return holder && { start: holder.range.start.line + 1, end: holder.range.end.line + 1 };
}

/** Title of the test around a position in a test file. */
async function testAt(document: vscode.TextDocument, position: vscode.Position): Promise<string | undefined> {
  let symbols = await outline(document);
  for (;;) {
    const inside = symbols.find((symbol) => symbol.range.contains(position));
    if (!inside) return undefined;
    const title = testTitle(inside.name);
    if (title !== undefined) return title;
    symbols = inside.children;
  }
}

async function outline(document: vscode.TextDocument): Promise<vscode.DocumentSymbol[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(resolve, outlineWaitMs, undefined)));
  const asked = vscode.commands.executeCommand<(vscode.DocumentSymbol | vscode.SymbolInformation)[] | undefined>(
    'vscode.executeDocumentSymbolProvider',
    document.uri,
  );
  const symbols = await Promise.race([asked, late]);
  clearTimeout(timer);
  return (symbols ?? []).filter((symbol): symbol is vscode.DocumentSymbol => 'children' in symbol);
}

function isQuickFix(argument: unknown): argument is QuickFixArguments {
  return typeof argument === 'object' && argument !== null && 'diagnostic' in argument && 'uri' in argument;
}

/** A test of the Testing view: passed by itself, or beside the message it failed with. */
function asTestItem(argument: unknown): vscode.TestItem | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  if ('test' in argument) return asTestItem(argument.test);
  return 'children' in argument && 'label' in argument ? (argument as vscode.TestItem) : undefined;
}
