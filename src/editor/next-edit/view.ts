import * as vscode from 'vscode';
import type { SuggestedEdit } from './suggestions';

/** `jump`: the next edit lies elsewhere, and Tab goes there. `apply`: the cursor is there, and Tab makes it. `ghost`: VS Code shows it as ghost text. */
export type Mode = 'jump' | 'apply' | 'ghost';

const contextKey = 'unmask.nextEdit';

/** How next edits are shown: at their places, with a word at the cursor's line, in the status bar, and for keys by a context key. */
export class NextEditView implements vscode.Disposable {
  private readonly replaced = vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor('diffEditor.removedTextBackground'),
    textDecoration: 'line-through',
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.infoForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Right,
  });
  private readonly later = vscode.window.createTextEditorDecorationType({
    borderColor: new vscode.ThemeColor('editorInfo.foreground'),
    borderStyle: 'dotted',
    borderWidth: '0 0 1px 0',
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.infoForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Right,
  });
  private readonly hint = vscode.window.createTextEditorDecorationType({});
  private readonly item = vscode.window.createStatusBarItem('unmask.nextEdit', vscode.StatusBarAlignment.Right, 88);
  private editor: vscode.TextEditor | undefined;

  constructor() {
    this.item.name = vscode.l10n.t('Unmask: Next Edit');
    this.item.command = 'unmask.nextEdit';
  }

  show(editor: vscode.TextEditor, edits: readonly SuggestedEdit[], mode: Mode): void {
    if (this.editor !== editor) this.clear();
    this.editor = editor;
    const { document } = editor;
    const [first, ...rest] = edits;
    const range = rangeOf(document, first!);
    const line = range.start.line + 1;
    const ghost = new vscode.ThemeColor('editorGhostText.foreground');
    const after = { contentText: ` ${first!.newText}`, color: ghost, fontStyle: 'italic' };
    editor.setDecorations(this.replaced, mode === 'ghost' ? [] : [{ range, renderOptions: { after } }]);
    editor.setDecorations(
      this.later,
      rest.map((edit) => rangeOf(document, edit)),
    );
    const end = document.lineAt(editor.selection.active.line).range.end;
    const words = mode === 'jump' ? vscode.l10n.t('Tab: to line {0}', line) : vscode.l10n.t('Tab: change, Escape: leave');
    const atCursor = { contentText: words, color: ghost, margin: '0 0 0 3em' };
    const hint = { range: new vscode.Range(end, end), renderOptions: { after: atCursor } };
    editor.setDecorations(this.hint, mode === 'ghost' ? [] : [hint]);
    const { oldText, newText } = first!;
    this.item.text = vscode.l10n.t('$(arrow-right) {0}: {1} → {2}', line, shortened(oldText), shortened(newText));
    const label = vscode.l10n.t('Next edit, line {0}: change {1} to {2}. {3} in all.', line, oldText, newText, edits.length);
    this.item.tooltip = label;
    this.item.accessibilityInformation = { label };
    this.item.show();
    void vscode.commands.executeCommand('setContext', contextKey, mode);
  }

  clear(): void {
    for (const type of [this.replaced, this.later, this.hint]) this.editor?.setDecorations(type, []);
    this.editor = undefined;
    this.item.hide();
    void vscode.commands.executeCommand('setContext', contextKey, undefined);
  }

  dispose(): void {
    this.clear();
    for (const part of [this.replaced, this.later, this.hint, this.item]) part.dispose();
  }
}

export function rangeOf(document: vscode.TextDocument, { start, end }: SuggestedEdit): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}

function shortened(text: string): string {
  return text.length > 24 ? `${text.slice(0, 23)}…` : text;
}
