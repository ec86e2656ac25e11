import * as vscode from 'vscode';
import type { DenoisingStep } from '../../protocol/denoising';
import { hunkDiff, liveMarks, marksOf, type Mark } from './marks';
import type { Proposal } from './proposal';
import type { Span } from './rebase';

const color = (name: string): vscode.ThemeColor => new vscode.ThemeColor(name);

/** Draws edits into the editors of their documents: what waits for a decision, and regions that denoise. Changes no text. */
export class EditDecorations implements vscode.Disposable {
  private readonly removed = vscode.window.createTextEditorDecorationType({
    backgroundColor: color('diffEditor.removedTextBackground'),
    // Not by colour alone.
    textDecoration: 'line-through',
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  private readonly added = vscode.window.createTextEditorDecorationType({
    after: { backgroundColor: color('diffEditor.insertedTextBackground') },
    overviewRulerColor: color('diffEditor.insertedTextBackground'),
    overviewRulerLane: vscode.OverviewRulerLane.Full,
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  private readonly current = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: color('editor.rangeHighlightBackground'),
  });
  private readonly masked = vscode.window.createTextEditorDecorationType({ opacity: '0.35' });
  private readonly remasked = vscode.window.createTextEditorDecorationType({
    opacity: '0.35',
    border: '1px dotted',
    borderColor: color('editorWarning.foreground'),
  });
  private readonly written = vscode.window.createTextEditorDecorationType({
    opacity: '0.35',
    after: { color: color('editorGhostText.foreground'), fontStyle: 'italic' },
  });
  private readonly all = [this.removed, this.added, this.current, this.masked, this.remasked, this.written];

  /** Draws an edit; `focused` is the hunk that keys decide about. */
  showProposal(document: vscode.TextDocument, proposal: Proposal, focused: number | undefined): void {
    const marks = marksOf(proposal);
    const hover = new Map(proposal.hunks.map((hunk) => [hunk.id, hoverOf(document, proposal, hunk.id)]));
    const range = (mark: Span): vscode.Range => rangeOf(document, mark);
    const hoverMessage = (mark: Mark): vscode.MarkdownString => hover.get(mark.hunk.id)!;
    this.draw(document, [
      [this.removed, marks.filter((m) => m.end > m.start).map((m) => ({ range: range(m), hoverMessage: hoverMessage(m) }))],
      [this.added, marks.filter((m) => m.added !== '').map((m) => ({ range: range({ start: m.end, end: m.end }), hoverMessage: hoverMessage(m), renderOptions: { after: { contentText: m.added } } }))],
      [this.current, marks.filter((m) => m.hunk.id === focused).map((m) => ({ range: range(m) }))],
    ]); // prettier-ignore
  }

  /** Draws a canvas as it stands; `by` is how far its region moved since the request, `text` what the request was made on. */
  showStep(document: vscode.TextDocument, step: DenoisingStep, text: string, by: number): void {
    const marks = liveMarks(step, text, by);
    const of = (state: 'masked' | 'remasked'): vscode.DecorationOptions[] => marks.filter((m) => m.state === state).map((m) => ({ range: rangeOf(document, m) })); // prettier-ignore
    this.draw(document, [
      [this.masked, of('masked')],
      [this.remasked, of('remasked')],
      [this.written, marks.filter((m) => m.state === 'written').map((m) => ({ range: rangeOf(document, m), renderOptions: { after: { contentText: m.added } } }))],
    ]); // prettier-ignore
  }

  /** Dims a region without movement, for those who asked the workbench for less of it. */
  showCalm(document: vscode.TextDocument, region: Span): void {
    this.draw(document, [[this.masked, [{ range: rangeOf(document, region) }]]]);
  }

  clear(document: vscode.TextDocument): void {
    this.draw(document, []);
  }

  dispose(): void {
    for (const type of this.all) type.dispose();
  }

  private draw(
    document: vscode.TextDocument,
    drawn: readonly (readonly [vscode.TextEditorDecorationType, readonly vscode.DecorationOptions[]])[],
  ): void {
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document !== document) continue;
      for (const type of this.all) editor.setDecorations(type, drawn.find(([t]) => t === type)?.[1] ?? []);
    }
  }
}

export function rangeOf(document: vscode.TextDocument, { start, end }: Span): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}

/** The whole of a hunk, and its decision by mouse or by keyboard (hovers take the focus with the editor's own command). */
function hoverOf(document: vscode.TextDocument, proposal: Proposal, id: number): vscode.MarkdownString {
  const hunk = proposal.hunks.find((h) => h.id === id)!;
  const text = new vscode.MarkdownString();
  const commands = ['unmask.acceptHunk', 'unmask.rejectHunk'];
  text.isTrusted = { enabledCommands: commands };
  const args = encodeURIComponent(JSON.stringify([document.uri.toString(), id]));
  text.appendMarkdown('**').appendText(hunk.title).appendMarkdown('**\n\n');
  text.appendCodeblock(hunkDiff(proposal, hunk), 'diff');
  text.appendMarkdown(`[${vscode.l10n.t('Accept')}](command:${commands[0]!}?${args}) · [${vscode.l10n.t('Reject')}](command:${commands[1]!}?${args})`); // prettier-ignore
  return text;
}
