import * as vscode from 'vscode';
import type { EngineService } from '../engine/engine-service';
import { languages } from '../languages';
import { RefactorController } from './controller';

/** Registers Refactor…: the command, its cancellation, and its place in the menu of refactorings. */
export function registerRefactor(engine: EngineService, memory: vscode.Memento, log: vscode.LogOutputChannel): vscode.Disposable {
  const controller = new RefactorController(engine, memory, log);
  return vscode.Disposable.from(
    controller,
    vscode.commands.registerCommand('unmask.refactor', (argument: unknown) => controller.refactor(argument)),
    vscode.commands.registerCommand('unmask.cancelRefactor', () => {
      controller.cancel();
    }),
    registerMenu(),
  );
}

/** In VS Code's own Refactor… menu, and nowhere else: a light bulb at every cursor would be in the way. */
function registerMenu(): vscode.Disposable {
  const selector = languages.map((language) => ({ language, scheme: 'file' }));
  const provider: vscode.CodeActionProvider = {
    provideCodeActions(_document, _range, context) {
      if (!context.only?.contains(vscode.CodeActionKind.Refactor)) return [];
      const action = new vscode.CodeAction(vscode.l10n.t('Refactor with Unmask…'), vscode.CodeActionKind.Refactor);
      action.command = { title: action.title, command: 'unmask.refactor' };
      return [action];
    },
  };
  return vscode.languages.registerCodeActionsProvider(selector, provider, {
    providedCodeActionKinds: [vscode.CodeActionKind.Refactor],
  });
}
