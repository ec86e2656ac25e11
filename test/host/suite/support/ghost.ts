import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { until } from './editor';

/** Code with one obvious thing missing at `▮`, which the embedded model fills when nothing keeps it from answering. */
export const gap =
  "'use strict';\n\n/** The first entry of a list. */\nfunction first(list) {\n  return list▮;\n}\n\nmodule.exports.first = first;\n";

/** Puts a text with a cursor (`▮`) into an editor, in place of all that is there. */
export async function fill(editor: vscode.TextEditor, text: string): Promise<void> {
  const { document } = editor;
  const all = new vscode.Range(0, 0, document.lineCount, 0);
  assert(await editor.edit((edit) => { edit.replace(all, text.replace('▮', '')); })); // prettier-ignore
  const at = document.positionAt(text.indexOf('▮'));
  editor.selection = new vscode.Selection(at, at);
}

export function settings(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration('unmask');
}

/** Milliseconds in which what is known already is shown; what has to be computed may take longer. */
const shortWait = 600;

interface Wait {
  /** By a command, or by itself. */
  readonly asked: boolean;
  readonly forMs: number;
}

/** What a user would get here by waiting for a completion and taking all of it; empty where none comes in time. Undone again. */
export async function offered(
  editor: vscode.TextEditor,
  { asked, forMs }: Wait = { asked: true, forMs: shortWait },
): Promise<string> {
  const { document } = editor;
  const before = document.getText();
  const at = document.offsetAt(editor.selection.active);
  if (asked) {
    await vscode.commands.executeCommand('editor.action.inlineSuggest.hide'); // what is shown may be from before
    await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
  }
  const end = Date.now() + forMs;
  while (document.getText() === before && Date.now() < end) {
    await delay(200);
    await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
  }
  const after = document.getText();
  if (after === before) return '';
  assert.equal(after.slice(0, at), before.slice(0, at), 'what stands before the cursor stays');
  assert(after.endsWith(before.slice(at)), 'what stands after it stays');
  await vscode.commands.executeCommand('undo');
  assert.equal(document.getText(), before, 'taking it is one step to undo');
  return after.slice(at, at + after.length - before.length);
}

/** Types something as a user does, tells what comes by itself after that, and deletes what was typed. */
export async function offeredAfter(editor: vscode.TextEditor, text: string, forMs = shortWait): Promise<string> {
  await vscode.commands.executeCommand('type', { text });
  const found = await offered(editor, { asked: false, forMs });
  for (let i = 0; i < text.length; i++) await vscode.commands.executeCommand('deleteLeft');
  return found;
}

/** Waits until something is offered on demand. */
export function untilOffered(editor: vscode.TextEditor): Promise<string> {
  return until('a completion comes', async () => (await offered(editor)) || undefined);
}
