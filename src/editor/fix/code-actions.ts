import * as vscode from 'vscode';
import { fileSelector } from '../languages';
import type { QuickFixArguments } from './target';

/** Offers Reason and Fix in the light bulb of every diagnostic; the diagnostic tells the engine where to look. */
export function registerFixActions(): vscode.Disposable {
  const provider: vscode.CodeActionProvider = {
    provideCodeActions(document, _range, context) {
      const first = context.diagnostics[0];
      if (first === undefined || !vscode.workspace.isTrusted) return [];
      const action = new vscode.CodeAction(vscode.l10n.t('Reason and Fix with Unmask'), vscode.CodeActionKind.QuickFix);
      action.diagnostics = [...context.diagnostics];
      const call: QuickFixArguments = {
        uri: document.uri,
        diagnostic: { message: first.message, line: first.range.start.line + 1 },
      };
      action.command = { title: action.title, command: 'unmask.reasonAndFix', arguments: [call] };
      return [action];
    },
  };
  return vscode.languages.registerCodeActionsProvider([...fileSelector], provider, {
    providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
  });
}
