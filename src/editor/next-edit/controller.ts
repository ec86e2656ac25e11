import * as vscode from 'vscode';
import { does, fitsGhostText, shifted, type SuggestedEdit } from './suggestions';
import type { TextChange } from './tracker';
import { NextEditView, rangeOf, type Mode } from './view';

/** What a press of the key did. */
export type Outcome = 'jumped' | 'applied' | 'stale' | 'nothing';

interface Shown {
  readonly document: vscode.TextDocument;
  /** The next one first. */
  readonly edits: readonly SuggestedEdit[];
  /** Line on which the user was when they came. */
  readonly from: number;
}

/** The next edits on the screen: goes to them, makes them, and takes them away when they no longer hold. */
export class NextEdits implements vscode.Disposable {
  private readonly view = new NextEditView();
  private shown: Shown | undefined;
  private applying = false;

  /** True while some are shown for a document: then nothing else is offered there unasked. */
  active(document: vscode.TextDocument): boolean {
    return this.shown?.document === document;
  }

  show(document: vscode.TextDocument, edits: readonly SuggestedEdit[]): void {
    const editor = vscode.window.activeTextEditor;
    if (editor?.document !== document) return;
    this.shown = { document, edits, from: editor.selection.active.line };
    if (this.update() === 'ghost') void vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
    else void vscode.commands.executeCommand('editor.action.inlineSuggest.hide');
  }

  dismiss(): void {
    if (this.shown === undefined) return;
    this.shown = undefined;
    this.view.clear();
  }

  dispose(): void {
    this.view.dispose();
  }

  /** Goes to the next edit, or makes it where the cursor is there already. */
  async next(): Promise<Outcome> {
    const editor = vscode.window.activeTextEditor;
    const [edit] = this.shown?.edits ?? [];
    if (editor === undefined || edit === undefined || editor.document !== this.shown?.document) return 'nothing';
    const range = rangeOf(editor.document, edit);
    if (editor.document.getText(range) !== edit.oldText) {
      this.dismiss();
      return 'stale';
    }
    if (this.modeIn(editor, edit) === 'jump') {
      editor.selection = new vscode.Selection(range.start, range.start);
      editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
      this.update();
      return 'jumped';
    }
    this.applying = true;
    try {
      const made = await editor.edit((builder) => {
        builder.replace(range, edit.newText);
      });
      if (!made) {
        this.dismiss();
        return 'stale';
      }
      const end = editor.document.positionAt(edit.start + edit.newText.length);
      editor.selection = new vscode.Selection(end, end);
      return 'applied';
    } finally {
      this.applying = false;
      this.update();
    }
  }

  /** Ghost text for an edit on the cursor's line, if that is the next one. */
  ghostAt(document: vscode.TextDocument, position: vscode.Position): vscode.InlineCompletionItem | undefined {
    const [edit] = this.shown?.document === document ? this.shown.edits : [];
    if (edit === undefined || !this.isGhost(document, position, edit)) return undefined;
    return new vscode.InlineCompletionItem(edit.newText, rangeOf(document, edit));
  }

  /** Takes in a change of the text. True if it was one of the next edits being made, by us or as ghost text. */
  changed(document: vscode.TextDocument, change: TextChange): boolean {
    if (this.shown?.document !== document) return false;
    const [edit] = this.shown.edits;
    const made = this.applying || (edit !== undefined && does(edit, change, document.getText()));
    if (!made) {
      this.dismiss();
      return false;
    }
    const left = shifted(this.shown.edits.slice(1), change);
    if (left.length === 0) this.dismiss();
    else this.shown = { ...this.shown, edits: left, from: document.positionAt(change.offset).line };
    if (!this.applying) this.update();
    return true;
  }

  /** The cursor moved: away from all of it means that the user does not want it. */
  moved(editor: vscode.TextEditor): void {
    if (this.shown === undefined || this.applying || editor.document !== this.shown.document) return;
    const { line } = editor.selection.active;
    const target = editor.document.positionAt(this.shown.edits[0]!.start).line;
    if (editor.selections.length > 1 || (line !== target && line !== this.shown.from)) this.dismiss();
    else this.update();
  }

  private update(): Mode | undefined {
    const editor = vscode.window.activeTextEditor;
    const [edit] = this.shown?.edits ?? [];
    if (editor === undefined || edit === undefined || editor.document !== this.shown?.document) {
      this.dismiss();
      return undefined;
    }
    const mode = this.modeIn(editor, edit);
    this.view.show(editor, this.shown.edits, mode);
    return mode;
  }

  private modeIn(editor: vscode.TextEditor, edit: SuggestedEdit): Mode {
    const { active } = editor.selection;
    if (editor.document.positionAt(edit.start).line !== active.line) return 'jump';
    return this.isGhost(editor.document, active, edit) ? 'ghost' : 'apply';
  }

  private isGhost(document: vscode.TextDocument, cursor: vscode.Position, edit: SuggestedEdit): boolean {
    return fitsGhostText(edit, document.offsetAt(cursor), document.offsetAt(document.lineAt(cursor.line).range.end));
  }
}
