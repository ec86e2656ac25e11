import * as vscode from 'vscode';
import type { DenoisingRecorder } from '../denoising/recorder';
import type { EngineService } from '../engine/engine-service';
import { registerFixActions } from './code-actions';
import { registerFixLenses } from './code-lens';
import { FixController } from './controller';
import { FixDocuments } from './documents';

export interface FixFeature {
  readonly controller: FixController;
  dispose(): void;
}

/** Registers Reason and Fix: its commands, light bulb, documents and lenses. Its controller serves other surfaces, too. */
export function registerFix(engine: EngineService, log: vscode.LogOutputChannel, recorder: DenoisingRecorder): FixFeature {
  const documents = new FixDocuments();
  const controller = new FixController(engine, documents, log, recorder);
  const registrations = vscode.Disposable.from(
    controller,
    documents,
    registerFixActions(),
    registerFixLenses(controller),
    vscode.commands.registerCommand('unmask.reasonAndFix', (argument: unknown) => controller.reasonAndFix(argument)),
    vscode.commands.registerCommand('unmask.cancelFix', () => {
      controller.cancel();
    }),
    vscode.commands.registerCommand('unmask.applyFix', () => controller.apply()),
    vscode.commands.registerCommand('unmask.discardFix', () => controller.discard()),
    vscode.commands.registerCommand('unmask.previewFix', () => controller.preview()),
    vscode.commands.registerCommand('unmask.showTrace', () => documents.showTrace({ focus: true })),
  );
  return {
    controller,
    dispose() {
      registrations.dispose();
    },
  };
}
