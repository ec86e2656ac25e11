import path from 'node:path';
import * as vscode from 'vscode';
import { traceMarkdown, type TraceState } from './trace-markdown';
import { traceWords } from './words';

export const traceScheme = 'unmask-trace';
export const proposalScheme = 'unmask-fix';

/** Time between two refreshes of the reasoning view while entries stream in. */
const refreshMs = 250;

/** The read-only documents of a run: its reasoning, and the file as it would be with the fix. */
export class FixDocuments implements vscode.Disposable {
  private trace: TraceState | undefined;
  private proposal = '';
  private timer: NodeJS.Timeout | undefined;
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registrations: vscode.Disposable;
  readonly traceUri = vscode.Uri.from({ scheme: traceScheme, path: `/${vscode.l10n.t('Unmask Reasoning')}.md` });

  constructor() {
    this.registrations = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(traceScheme, {
        onDidChange: this.changed.event,
        provideTextDocumentContent: () =>
          this.trace ? traceMarkdown(this.trace, traceWords()) : vscode.l10n.t('No run of Reason and Fix yet.'),
      }),
      vscode.workspace.registerTextDocumentContentProvider(proposalScheme, {
        onDidChange: this.changed.event,
        provideTextDocumentContent: () => this.proposal,
      }),
    );
  }

  setTrace(trace: TraceState): void {
    this.trace = trace;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.changed.fire(this.traceUri);
    }, refreshMs);
  }

  /** Opens the reasoning beside the code; the keyboard stays where it is. */
  async showTrace(options: { readonly focus: boolean }): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.traceUri);
    await vscode.window.showTextDocument(document, {
      viewColumn: vscode.ViewColumn.Beside,
      preserveFocus: !options.focus,
      preview: true,
    });
  }

  /** Shows the file beside itself as it would be with the fix. */
  async showDiff(uri: vscode.Uri, newText: string): Promise<void> {
    const proposed = uri.with({ scheme: proposalScheme, authority: '' });
    this.proposal = newText;
    this.changed.fire(proposed);
    const title = vscode.l10n.t('{0}: fix by Unmask', path.basename(uri.path));
    await vscode.commands.executeCommand('vscode.diff', uri, proposed, title, {
      preview: true,
      viewColumn: vscode.ViewColumn.One,
    });
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
    this.registrations.dispose();
    this.changed.dispose();
  }
}
