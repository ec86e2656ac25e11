import path from 'node:path';
import * as vscode from 'vscode';
import type { EditResult } from '../../protocol/edit';
import { tell } from '../notify';
import { EditDecorations, rangeOf } from './decorations';
import { accepted, hunkAt, inDocument, moved, rejected, type Proposal, type ProposedHunk } from './proposal';
import { inOrder, type DocumentChange, type RegionChange, type Span } from './rebase';

interface Waiting {
  readonly document: vscode.TextDocument;
  /** What was asked, to ask it again. */
  readonly instruction: string;
  proposal: Proposal;
  /** The hunk at the cursor. */
  focused: number | undefined;
  /** True while our own changes are made: they are no reason to withdraw. */
  applying: boolean;
  /** True once the code around changed: what made the edit safe may stand there. */
  movedAlong: boolean;
}

/** What the engine would do for an instruction in a document's region as they are now. */
export type Recheck = (document: vscode.TextDocument, region: Span, instruction: string) => Promise<EditResult>;

/** The changes of an event as they apply one by one. */
export function changesOf(event: vscode.TextDocumentChangeEvent): DocumentChange[] {
  return inOrder(
    event.contentChanges.map(({ rangeOffset, rangeLength, text }) => ({ offset: rangeOffset, length: rangeLength, text })),
  );
}

/** Edits that wait for the user's decision, one for each document; until then they are drawn, and nothing is changed. */
export class WaitingEdits implements vscode.Disposable {
  private readonly waiting = new Map<vscode.TextDocument, Waiting>();
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly listeners: vscode.Disposable;
  /** An edit came, went, or moved. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly decorations: EditDecorations,
    private readonly recheck: Recheck,
  ) {
    this.listeners = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument((event) => {
        this.follow(event);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.end(document);
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        this.refocus(textEditor);
      }),
      vscode.window.onDidChangeVisibleTextEditors(() => {
        for (const entry of this.waiting.values()) this.draw(entry);
      }),
      vscode.window.onDidChangeActiveTextEditor(() => {
        this.tellContext();
      }),
    );
  }

  /** The edit that waits in a document. */
  proposalIn(document: vscode.TextDocument): Proposal | undefined {
    return this.waiting.get(document)?.proposal;
  }

  /** Shows an edit in its document, in place of one that waits there, with the cursor at its first hunk. */
  put(document: vscode.TextDocument, proposal: Proposal, instruction: string): void {
    this.waiting.set(document, { document, instruction, proposal, focused: undefined, applying: false, movedAlong: false });
    const editor = vscode.window.visibleTextEditors.find((e) => e.document === document);
    if (editor) this.goTo(editor, proposal.hunks[0]);
    this.update(document);
  }

  /** Writes hunks (all, or one by its id) as one undo step. False, with the reason told, where that can't be done. */
  async accept(document: vscode.TextDocument, id?: number): Promise<boolean> {
    const entry = this.waiting.get(document);
    const hunks = entry?.proposal.hunks.filter((hunk) => id === undefined || hunk.id === id) ?? [];
    if (!entry || entry.applying || hunks.length === 0) {
      if (!entry) tell('info', vscode.l10n.t('There is no edit to accept here. Run "Unmask: Edit Selection" first.'));
      return false;
    }
    const { proposal } = entry;
    if (document.getText(rangeOf(document, proposal.region)) !== proposal.text) {
      this.withdraw(entry);
      return false;
    }
    if (entry.movedAlong && proposal.how === 'known') {
      const still = await this.isStillFound(entry, hunks);
      if (entry.proposal !== proposal || this.waiting.get(document) !== entry) return false; // decided, or changed, meanwhile
      if (!still) {
        this.withdraw(entry);
        return false;
      }
      entry.movedAlong = false;
    }
    const edit = new vscode.WorkspaceEdit();
    for (const change of inDocument(proposal, hunks)) edit.replace(document.uri, rangeOf(document, change), change.text);
    entry.applying = true;
    try {
      // Carries the document's version: a change between the check above and this call makes it fail as a whole.
      if (!(await vscode.workspace.applyEdit(edit))) {
        tell('error', vscode.l10n.t('VS Code could not write to {0}, so nothing was changed.', path.basename(document.uri.path)));
        return false;
      }
    } finally {
      entry.applying = false;
    }
    const left = accepted(proposal, hunks);
    if (left.hunks.length === 0 || document.getText(rangeOf(document, left.region)) !== left.text) this.end(document);
    else this.replace(entry, left);
    const title = hunks.length === 1 ? hunks[0]!.title : vscode.l10n.t('{0} hunks', hunks.length);
    vscode.window.setStatusBarMessage(vscode.l10n.t('Unmask: accepted ({0}); one Undo takes it back', title), 5_000);
    return true;
  }

  /** Forgets hunks (all, or one by its id). The document was never changed, so it stays what it is. */
  reject(document: vscode.TextDocument, id?: number): void {
    const entry = this.waiting.get(document);
    if (!entry) return;
    const hunks = entry.proposal.hunks.filter((hunk) => id === undefined || hunk.id === id);
    const left = rejected(entry.proposal, hunks);
    if (left.hunks.length === 0) this.end(document);
    else this.replace(entry, left);
  }

  /** The hunk at the cursor of an editor. */
  hunkAtCursor({ document, selection }: vscode.TextEditor): ProposedHunk | undefined {
    const proposal = this.proposalIn(document);
    return proposal && hunkAt(proposal, (offset) => document.positionAt(offset).line, document.offsetAt(selection.active));
  }

  /** Puts the cursor at the next hunk, or the one before; round at the ends. */
  step(editor: vscode.TextEditor, direction: 1 | -1): void {
    const proposal = this.proposalIn(editor.document);
    if (!proposal) return;
    const at = editor.document.offsetAt(editor.selection.active);
    const starts = proposal.hunks.map((hunk) => ({ hunk, start: hunk.changes[0]!.start + proposal.region.start }));
    const next = direction > 0
      ? starts.find(({ start }) => start > at) ?? starts[0]
      : [...starts].reverse().find(({ start }) => start < at) ?? starts.at(-1); // prettier-ignore
    this.goTo(editor, next?.hunk);
  }

  dispose(): void {
    this.waiting.clear();
    this.listeners.dispose();
    this.changed.dispose();
  }

  /** Whether the engine would make the same changes in the document as it is now. */
  private async isStillFound({ document, proposal, instruction }: Waiting, hunks: readonly ProposedHunk[]): Promise<boolean> {
    const found = await this.recheck(document, proposal.region, instruction).catch(() => undefined);
    const key = ({ start, end, text }: RegionChange): string => JSON.stringify([start, end, text]);
    const known = new Set(found?.hunks.flatMap((hunk) => hunk.changes.map(key)));
    return inDocument(proposal, hunks).every((change) => known.has(key(change)));
  }

  private follow(event: vscode.TextDocumentChangeEvent): void {
    const entry = this.waiting.get(event.document);
    if (!entry || entry.applying || event.contentChanges.length === 0) return;
    const proposal = moved(entry.proposal, changesOf(event));
    entry.movedAlong = true;
    if (proposal) this.replace(entry, proposal);
    else this.withdraw(entry);
  }

  private withdraw({ document, instruction }: Waiting): void {
    this.end(document);
    const again = { title: vscode.l10n.t('Edit Again'), command: 'unmask.editSelection', args: [{ instruction }] };
    const name = path.basename(document.uri.path);
    tell('info', vscode.l10n.t('The code that the edit in {0} is about has changed, so the edit was withdrawn. Nothing of it was written.', name), [again]); // prettier-ignore
  }

  private replace(entry: Waiting, proposal: Proposal): void {
    entry.proposal = proposal;
    this.update(entry.document);
  }

  private end(document: vscode.TextDocument): void {
    if (!this.waiting.delete(document)) return;
    this.decorations.clear(document);
    this.update(document);
  }

  private update(document: vscode.TextDocument): void {
    const entry = this.waiting.get(document);
    const editor = vscode.window.activeTextEditor;
    if (entry && editor?.document === document) entry.focused = this.hunkAtCursor(editor)?.id;
    if (entry) this.draw(entry);
    this.tellContext();
    this.changed.fire();
  }

  private refocus(editor: vscode.TextEditor): void {
    const entry = this.waiting.get(editor.document);
    if (!entry) return;
    const focused = this.hunkAtCursor(editor)?.id;
    if (focused !== entry.focused) {
      entry.focused = focused;
      this.draw(entry);
    }
    this.tellContext();
  }

  private draw({ document, proposal, focused }: Waiting): void {
    this.decorations.showProposal(document, proposal, focused);
  }

  private goTo(editor: vscode.TextEditor, hunk: ProposedHunk | undefined): void {
    const proposal = this.proposalIn(editor.document);
    const first = hunk?.changes[0];
    if (!proposal || !first) return;
    const position = editor.document.positionAt(first.start + proposal.region.start);
    editor.selection = new vscode.Selection(position, position);
    editor.revealRange(new vscode.Range(position, position), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  /** Tells key bindings and menus what the active editor holds. */
  private tellContext(): void {
    const editor = vscode.window.activeTextEditor;
    const entry = editor && this.waiting.get(editor.document);
    void vscode.commands.executeCommand('setContext', 'unmask.editPending', entry !== undefined);
    void vscode.commands.executeCommand('setContext', 'unmask.editHunk', entry?.focused !== undefined);
  }
}
