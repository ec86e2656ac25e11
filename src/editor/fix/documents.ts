import path from 'node:path';
import * as vscode from 'vscode';
import { traceMarkdown, type TraceState } from './trace-markdown';
import { traceWords } from './words';

export const traceScheme = 'unmask-trace';
export const proposalScheme = 'unmask-fix';

/** Time between two refreshes of the reasoning view while entries stream in. */
const refreshMs = 250;

/**
 * Time in which a preview that was just opened draws its page. If the document changes meanwhile, VS Code drops that page and sends the change to it all the same: the view
 * stays blank for ever. (MarkdownPreview.updatePreview: a later call takes the page for loaded as soon as an earlier one has begun to render.)
 */
const firstDrawMs = 1_000;

/**
 * Times, after a refresh that nothing followed, at which the reasoning is said again. VS Code sends a change to the preview's page even while the
 * page is still loading its script, where the change is lost: on a busy machine the last one may be that.
 */
const repeatsMs = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 45_000, 60_000];

/** The read-only documents of a run: its reasoning, and the file as it would be with the fix. */
export class FixDocuments implements vscode.Disposable {
  private trace: TraceState | undefined;
  private proposal = '';
  private timer: NodeJS.Timeout | undefined;
  /** Until then the reasoning must not change in the eyes of VS Code; performance.now(). */
  private quietUntil = 0;
  private repeats: NodeJS.Timeout[] = [];
  /** Said again, the text must differ, else VS Code does not pass it on: an empty line more or less at its end. */
  private ending = '';
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registrations: vscode.Disposable;
  readonly traceUri = vscode.Uri.from({ scheme: traceScheme, path: `/${vscode.l10n.t('Unmask Reasoning')}.md` });

  constructor() {
    this.registrations = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(traceScheme, {
        onDidChange: this.changed.event,
        provideTextDocumentContent: () =>
          this.trace ? traceMarkdown(this.trace, traceWords()) + this.ending : vscode.l10n.t('No run of Reason and Fix yet.'),
      }),
      vscode.workspace.registerTextDocumentContentProvider(proposalScheme, {
        onDidChange: this.changed.event,
        provideTextDocumentContent: () => this.proposal,
      }),
    );
  }

  setTrace(trace: TraceState): void {
    this.trace = trace;
    this.refreshLater();
  }

  private refreshLater(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      if (performance.now() < this.quietUntil) {
        this.refreshLater();
        return;
      }
      this.changed.fire(this.traceUri);
      this.repeatLater();
    }, refreshMs);
  }

  private repeatLater(): void {
    this.repeats.forEach(clearTimeout);
    this.repeats = repeatsMs.map((delay) =>
      setTimeout(() => {
        this.ending = this.ending === '' ? '\n' : '';
        this.changed.fire(this.traceUri);
      }, delay),
    );
  }

  /** Opens the reasoning, rendered: below the code, which keeps its width; beside it where the window is split already. */
  async showTrace(options: { readonly focus: boolean }): Promise<void> {
    await vscode.workspace.openTextDocument(this.traceUri); // the preview follows the document's changes only while it is open
    const shown = vscode.window.tabGroups.all.find((group) => group.tabs.some((tab) => isTrace(tab.input)));
    if (shown === undefined) {
      this.quietUntil = Infinity;
      this.repeats.forEach(clearTimeout);
      await this.readyToRender();
    }
    let viewColumn = shown?.viewColumn ?? vscode.ViewColumn.Beside;
    if (shown === undefined && vscode.window.tabGroups.all.length === 1) {
      const rows = { orientation: 1, groups: [{ size: 0.6 }, { size: 0.4 }] };
      await vscode.commands.executeCommand('vscode.setEditorLayout', rows);
      viewColumn = vscode.ViewColumn.Two;
    }
    const place = { viewColumn, preserveFocus: !options.focus, preview: true };
    try {
      await vscode.commands.executeCommand('vscode.openWith', this.traceUri, 'vscode.markdown.preview.editor', place);
    } catch {
      await vscode.window.showTextDocument(this.traceUri, place); // the built-in Markdown extension is disabled: the text reads well, too
    } finally {
      if (shown === undefined) this.quietUntil = performance.now() + firstDrawMs;
    }
  }

  /** Loads what renders Markdown, with all of its plug-ins, so that the first drawing of a page is soon done. */
  private async readyToRender(): Promise<void> {
    try {
      await vscode.commands.executeCommand('markdown.api.render', '');
    } catch {
      // Disabled: nothing will be rendered.
    }
  }

  /** Shows the file beside itself as it would be with the fix, at what it changes. */
  async showDiff(uri: vscode.Uri, newText: string, change: vscode.Range): Promise<void> {
    const proposed = uri.with({ scheme: proposalScheme, authority: '' });
    this.proposal = newText;
    this.changed.fire(proposed);
    const title = vscode.l10n.t('{0}: fix by Unmask', path.basename(uri.path));
    const options = { preview: true, viewColumn: vscode.ViewColumn.One, selection: change };
    await vscode.commands.executeCommand('vscode.diff', uri, proposed, title, options);
  }

  /** Closes the preview of a fix that was applied or discarded. */
  async closeDiff(): Promise<void> {
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    const previews = tabs.filter(
      (tab) => tab.input instanceof vscode.TabInputTextDiff && tab.input.modified.scheme === proposalScheme,
    );
    if (previews.length > 0) await vscode.window.tabGroups.close(previews);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.repeats.forEach(clearTimeout);
    this.registrations.dispose();
    this.changed.dispose();
  }
}

function isTrace(input: unknown): boolean {
  return (input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputText) && input.uri.scheme === traceScheme;
}
