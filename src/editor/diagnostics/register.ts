import * as vscode from 'vscode';
import type { EngineService } from '../engine/engine-service';
import type { Log } from '../log';

/** Registers `Unmask: Collect Diagnostics`. */
export function registerDiagnostics(extension: vscode.Extension<unknown>, engine: EngineService, log: Log): vscode.Disposable {
  return vscode.commands.registerCommand('unmask.collectDiagnostics', async () => {
    const { collectDiagnostics } = await import('../later');
    await collectDiagnostics(extension, engine, log);
  });
}
