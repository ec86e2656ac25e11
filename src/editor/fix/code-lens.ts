import * as vscode from 'vscode';
import { fileSelector } from '../languages';
import { firstChange } from './apply';
import type { FixController } from './controller';

/** Puts the decision about a waiting fix above the line that it changes, also when its preview is closed. */
export function registerFixLenses(controller: FixController): vscode.Disposable {
  return vscode.languages.registerCodeLensProvider([...fileSelector], {
    onDidChangeCodeLenses: controller.onDidChangePending,
    provideCodeLenses(document) {
      const fix = controller.pending;
      if (fix?.uri.toString() !== document.uri.toString()) return [];
      const line = Math.min(firstChange(fix).start.line, document.lineCount - 1);
      const range = new vscode.Range(line, 0, line, 0);
      const lens = (title: string, command: string) => new vscode.CodeLens(range, { title, command });
      return [
        lens(vscode.l10n.t('$(check) Apply fix by Unmask'), 'unmask.applyFix'),
        lens(vscode.l10n.t('Preview'), 'unmask.previewFix'),
        lens(vscode.l10n.t('Reasoning'), 'unmask.showTrace'),
        lens(vscode.l10n.t('Discard'), 'unmask.discardFix'),
      ];
    },
  });
}
