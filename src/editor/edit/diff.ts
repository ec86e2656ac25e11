import path from 'node:path';
import * as vscode from 'vscode';
import { inDocument } from './proposal';
import { withChanges } from './rebase';
import type { WaitingEdits } from './waiting';

export const editScheme = 'unmask-edit';

/** The document beside itself as it would be with the waiting edit; follows both while it is open. */
export class EditDiff implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registrations: vscode.Disposable;

  constructor(private readonly waiting: WaitingEdits) {
    this.registrations = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(editScheme, {
        onDidChange: this.changed.event,
        provideTextDocumentContent: (uri) => this.textFor(uri),
      }),
      waiting.onDidChange(() => {
        for (const { uri } of vscode.workspace.textDocuments) if (uri.scheme === editScheme) this.changed.fire(uri);
      }),
    );
  }

  async show(document: vscode.TextDocument): Promise<void> {
    const proposed = vscode.Uri.from({ scheme: editScheme, path: document.uri.path, query: document.uri.toString() });
    const title = vscode.l10n.t('{0}: edit by Unmask', path.basename(document.uri.path));
    await vscode.commands.executeCommand('vscode.diff', document.uri, proposed, title, { preview: true });
  }

  dispose(): void {
    this.registrations.dispose();
    this.changed.dispose();
  }

  private textFor({ query }: vscode.Uri): string {
    const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === query);
    const proposal = document && this.waiting.proposalIn(document);
    const text = document?.getText() ?? '';
    return proposal ? withChanges(text, inDocument(proposal, proposal.hunks)) : text;
  }
}
