import * as vscode from 'vscode';
import type { DenoisingStep } from '../../protocol/denoising';
import type { EditStep } from '../edit/controller';
import type { DenoisingRecorder } from './recorder';
import { recordsOf } from './ring';

/** An edit's steps end without a word, and a canvas that was full may be doubted once more: it is over when nothing came for so long. */
const quietMs = 1_500;

interface Growing {
  readonly text: string;
  readonly instruction: string;
  readonly began: number;
  last: number;
  readonly steps: DenoisingStep[];
  timer: NodeJS.Timeout | undefined;
}

/** Takes the denoising steps of edits into the recorder, each edit as a whole. They are made in any case, so that it costs nothing. */
export function recordEdits(onDidStep: vscode.Event<EditStep>, recorder: DenoisingRecorder): vscode.Disposable {
  const growing = new Map<string, Growing>();
  const finish = (uri: vscode.Uri): void => {
    const edit = growing.get(uri.toString());
    if (!edit) return;
    clearTimeout(edit.timer);
    growing.delete(uri.toString());
    const outcome = edit.instruction.trim() === '' ? vscode.l10n.t('improve') : edit.instruction;
    for (const record of recordsOf(edit.text, edit.steps, edit.last - edit.began)) {
      const start = record.steps[0]!.range.start;
      const line = edit.text.slice(0, start).split('\n').length - 1;
      recorder.add({ kind: 'edit', uri, line, outcome, record });
    }
  };
  const listener = onDidStep(({ uri, instruction, step }) => {
    const key = uri.toString();
    // The first step of a request: what is left of one before it was called off.
    if (step.canvas === 0 && step.step === 0) finish(uri);
    let edit = growing.get(key);
    if (!edit) {
      const text = vscode.workspace.textDocuments.find((document) => document.uri.toString() === key)?.getText() ?? '';
      edit = { text, instruction, began: Date.now(), last: Date.now(), steps: [], timer: undefined };
      growing.set(key, edit);
    }
    edit.steps.push(step);
    edit.last = Date.now();
    clearTimeout(edit.timer);
    edit.timer = setTimeout(finish, quietMs, uri);
  });
  return vscode.Disposable.from(listener, {
    dispose() {
      for (const { timer } of growing.values()) clearTimeout(timer);
      growing.clear();
    },
  });
}
