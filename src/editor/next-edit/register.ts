import * as vscode from 'vscode';
import type { Snooze } from '../completion/snooze';
import type { EngineService } from '../engine/engine-service';
import type { NextEdits } from './controller';
import { EditWatch } from './watch';

/** Registers next edits: what the user has just changed is watched, and what follows from it is suggested. */
export function registerNextEdits(
  nextEdits: NextEdits,
  engine: EngineService,
  snooze: Snooze,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const watch = new EditWatch(nextEdits, engine, snooze, log);
  watch.follow(vscode.window.activeTextEditor);
  return vscode.Disposable.from(
    watch,
    nextEdits,
    vscode.commands.registerCommand('unmask.nextEdit', () => nextEdits.next()),
    vscode.commands.registerCommand('unmask.dismissNextEdit', () => {
      nextEdits.dismiss();
    }),
    vscode.window.onDidChangeActiveTextEditor((editor) => {
      nextEdits.dismiss();
      watch.follow(editor);
    }),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
      if (textEditor === vscode.window.activeTextEditor) nextEdits.moved(textEditor);
    }),
    vscode.workspace.onDidChangeTextDocument((event) => {
      watch.changed(event);
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration('unmask')) return;
      nextEdits.dismiss();
      watch.follow(vscode.window.activeTextEditor);
    }),
  );
}
