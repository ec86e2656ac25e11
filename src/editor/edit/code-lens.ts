import * as vscode from 'vscode';
import { documentSelector } from '../languages';
import type { WaitingEdits } from './waiting';

/** Puts the decision about a waiting edit above the lines that it would change: for all, and for each hunk. */
export function registerEditLenses(waiting: WaitingEdits): vscode.Disposable {
  return vscode.languages.registerCodeLensProvider([...documentSelector], {
    onDidChangeCodeLenses: waiting.onDidChange,
    provideCodeLenses(document) {
      const proposal = waiting.proposalIn(document);
      if (!proposal) return [];
      const { region, hunks, message, how } = proposal;
      const uri = document.uri.toString();
      const lens = (offset: number, title: string, command: string, tooltip: string, ...args: unknown[]) => {
        const { line } = document.positionAt(offset);
        return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), { title, command, tooltip, arguments: [uri, ...args] });
      };
      const origin = how === 'known' ? vscode.l10n.t('known edit') : vscode.l10n.t('by the model, check it');
      const count = hunks.length === 1 ? vscode.l10n.t('1 change') : vscode.l10n.t('{0} changes', hunks.length);
      const first = Math.min(...hunks.map((hunk) => hunk.changes[0]!.start)) + region.start;
      const forAll = [
        lens(first, vscode.l10n.t('$(check) Accept {0} ({1})', count, origin), 'unmask.acceptEdit', message),
        lens(first, vscode.l10n.t('Reject'), 'unmask.rejectEdit', message),
        lens(first, vscode.l10n.t('Show as Diff'), 'unmask.previewEdit', message),
      ];
      if (hunks.length === 1) return forAll;
      const forEach = hunks.flatMap((hunk) => {
        const at = hunk.changes[0]!.start + region.start;
        return [
          lens(at, vscode.l10n.t('$(check) {0}', hunk.title), 'unmask.acceptHunk', vscode.l10n.t('Accept only this'), hunk.id),
          lens(at, vscode.l10n.t('$(close)'), 'unmask.rejectHunk', vscode.l10n.t('Reject only this'), hunk.id),
        ];
      });
      return [...forAll, ...forEach];
    },
  });
}
