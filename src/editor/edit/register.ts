import * as vscode from 'vscode';
import type { DenoisingRecorder } from '../denoising/recorder';
import type { EngineService } from '../engine/engine-service';
import { registerEditLenses } from './code-lens';
import { EditController } from './controller';
import { EditDecorations } from './decorations';
import { EditDiff } from './diff';
import { fileOf } from './target';
import { WaitingEdits } from './waiting';

/** Registers Edit Selection: its commands, drawings, lenses and diff. */
export function registerEdit(
  engine: EngineService,
  memory: vscode.Memento,
  log: vscode.LogOutputChannel,
  recorder: DenoisingRecorder,
): vscode.Disposable {
  const decorations = new EditDecorations();
  const waiting = new WaitingEdits(decorations, (document, range, instruction) =>
    engine.request((client) => client.edit({ file: fileOf(document), text: document.getText(), range: { ...range }, instruction }), { quiet: true }),
  ); // prettier-ignore
  const controller = new EditController(engine, waiting, decorations, memory, log, recorder);
  const diff = new EditDiff(waiting);
  const command = (name: string, run: (place: Place) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(name, (uri: unknown, hunk: unknown) => run(placeOf(waiting, uri, hunk)));
  return vscode.Disposable.from(
    controller,
    diff,
    waiting,
    decorations,
    registerEditLenses(waiting),
    vscode.commands.registerCommand('unmask.editSelection', (argument: unknown) => controller.editSelection(argument)),
    command('unmask.cancelEdit', ({ document }) => controller.cancel(document)),
    command('unmask.acceptEdit', ({ document }) => (document ? waiting.accept(document) : false)),
    command('unmask.rejectEdit', ({ document }) => {
      if (document) waiting.reject(document);
    }),
    command('unmask.acceptHunk', ({ document, hunk }) =>
      document && hunk !== undefined ? waiting.accept(document, hunk) : false,
    ),
    command('unmask.rejectHunk', ({ document, hunk }) => {
      if (document && hunk !== undefined) waiting.reject(document, hunk);
    }),
    command('unmask.nextHunk', ({ editor }) => {
      if (editor) waiting.step(editor, 1);
    }),
    command('unmask.previousHunk', ({ editor }) => {
      if (editor) waiting.step(editor, -1);
    }),
    command('unmask.previewEdit', ({ document }) => (document ? diff.show(document) : undefined)),
  );
}

/** What a command is about: what a lens or a hover says, else the active editor and its cursor. */
interface Place {
  readonly document: vscode.TextDocument | undefined;
  readonly editor: vscode.TextEditor | undefined;
  readonly hunk: number | undefined;
}

function placeOf(waiting: WaitingEdits, uri: unknown, hunk: unknown): Place {
  const editor = vscode.window.activeTextEditor;
  // Menus pass the resource itself, lenses its text.
  const named = uri instanceof vscode.Uri ? uri.toString() : typeof uri === 'string' ? uri : undefined;
  const document =
    named === undefined ? editor?.document : vscode.workspace.textDocuments.find((d) => d.uri.toString() === named);
  const atCursor = editor && editor.document === document ? waiting.hunkAtCursor(editor)?.id : undefined;
  return { document, editor, hunk: typeof hunk === 'number' ? hunk : atCursor };
}
