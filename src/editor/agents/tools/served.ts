import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ToolFate } from '../../../protocol/tools';
import type { EngineService } from '../../engine/engine-service';
import { applyFix } from '../../fix/apply';

/** One call of a tool by an agent. */
export interface ToolCall {
  readonly engine: EngineService;
  readonly signal: AbortSignal;
  /** A line for people on what is going on. */
  readonly report: (message: string) => void;
}

/** A tool as VS Code serves it. Arguments come from a language model, so they are checked here. */
export interface ServedTool {
  /** What is shown while it runs, and what the user is asked before. Throws where the arguments are none. */
  prepare(input: unknown): vscode.PreparedToolInvocation;
  /** The answer in words. Throws an `Error` whose message tells the agent what to do instead. */
  invoke(input: unknown, call: ToolCall): Promise<string>;
}

/** The document that an agent names. Only files of the workspace: what else is on the machine is none of its business. */
export async function documentOf(file: string): Promise<vscode.TextDocument> {
  const folders = vscode.workspace.workspaceFolders?.filter(({ uri }) => uri.scheme === 'file') ?? [];
  if (folders.length === 0) throw new Error('No folder is open, so there are no files to work on.');
  for (const { uri } of folders) {
    const target = path.resolve(uri.fsPath, file);
    if (!target.startsWith(uri.fsPath + path.sep)) continue;
    const found = await stat(target).catch(() => undefined);
    if (found?.isFile()) return vscode.workspace.openTextDocument(target);
  }
  throw new Error(`There is no file ${file} in this workspace. Give a path relative to one of its folders, or an absolute one.`);
}

/** Offset of a place whose line and column count from 1. Throws `Error` where the document has none such. */
export function offsetIn(document: vscode.TextDocument, { line, column }: { line: number; column: number }): number {
  const position = new vscode.Position(line - 1, column - 1);
  if (!document.validatePosition(position).isEqual(position))
    throw new Error(`There is no line ${line} with a column ${column} in ${vscode.workspace.asRelativePath(document.uri)}.`);
  return document.offsetAt(position);
}

/** Characters of some lines (from 1, both included), or of the whole text. Throws `Error` where there are no such lines. */
export function charactersIn(
  document: vscode.TextDocument,
  lines: { readonly start: number; readonly end: number } | undefined,
): { start: number; end: number } {
  if (!lines) return { start: 0, end: document.getText().length };
  if (lines.end > document.lineCount || lines.start > lines.end)
    throw new Error(`There are no lines ${lines.start} to ${lines.end}: the file has ${document.lineCount}.`);
  const start = document.offsetAt(new vscode.Position(lines.start - 1, 0));
  return { start, end: document.offsetAt(document.lineAt(lines.end - 1).range.end) };
}

/**
 * Writes a change to a document if it still is what the change was made for. It is saved, too, unless it holds what the user has not
 * saved yet: that is theirs to decide.
 */
export async function write(document: vscode.TextDocument, baseText: string, newText: string | undefined): Promise<ToolFate> {
  if (newText === undefined) return { applied: false };
  const wasDirty = document.isDirty;
  const refusal = await applyFix({ uri: document.uri, baseText, newText });
  if (refusal !== undefined) return { applied: false, applyError: refusal };
  if (!wasDirty) await document.save();
  return { applied: true };
}
