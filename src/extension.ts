import * as vscode from 'vscode';
import { registerMcpServer } from './editor/agents/mcp';
import { registerCompletions } from './editor/completion/provider';
import { Snooze } from './editor/completion/snooze';
import { EngineService } from './editor/engine/engine-service';
import { registerFix } from './editor/fix/register';
import { registerEngineCommands } from './editor/status/commands';
import { registerStatusBar } from './editor/status/status-bar';

let engine: EngineService | undefined;

/** Composition only: features register themselves; the engine starts with the first request. */
export function activate(context: vscode.ExtensionContext): void {
  const start = performance.now();
  const log = vscode.window.createOutputChannel('Unmask', { log: true });
  engine = new EngineService(log);
  const snooze = new Snooze(context.globalState);
  context.subscriptions.push(
    registerFix(engine, log),
    registerCompletions(engine, snooze, context.globalState, log),
    snooze,
    registerStatusBar(engine),
    registerEngineCommands(engine, snooze, log),
    registerMcpServer(context),
    engine,
    log,
  );
  const { duration } = performance.measure('unmask.activate', { start });
  log.info(`Activated in ${duration.toFixed(1)} ms.`);
}

/** Awaited by VS Code: when it returns, the engine and everything below it is gone. */
export async function deactivate(): Promise<void> {
  await engine?.end();
  engine = undefined;
}
