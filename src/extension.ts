import * as vscode from 'vscode';
import { registerChatModel } from './editor/agents/chat/model';
import { registerChat } from './editor/agents/chat/participant';
import { registerMcpServer } from './editor/agents/mcp';
import { registerTools } from './editor/agents/tools/register';
import { registerCompletions } from './editor/completion/provider';
import { Snooze } from './editor/completion/snooze';
import { DenoisingRecorder } from './editor/denoising/recorder';
import { registerDenoising } from './editor/denoising/register';
import { registerDiagnostics } from './editor/diagnostics/register';
import { registerEdit } from './editor/edit/register';
import { EngineService } from './editor/engine/engine-service';
import { registerFix } from './editor/fix/register';
import { createLog } from './editor/log';
import { NextEdits } from './editor/next-edit/controller';
import { registerNextEdits } from './editor/next-edit/register';
import { registerRefactor } from './editor/refactor/register';
import { registerEngineCommands } from './editor/status/commands';
import { registerStatusBar } from './editor/status/status-bar';
import { registerWalkthrough } from './editor/walkthrough/register';

let engine: EngineService | undefined;

/** Composition only: features register themselves; the engine starts with the first request. */
export function activate(context: vscode.ExtensionContext): void {
  const start = performance.now();
  const log = createLog();
  engine = new EngineService(log);
  const snooze = new Snooze(context.globalState);
  const nextEdits = new NextEdits();
  const recorder = new DenoisingRecorder(engine);
  const fix = registerFix(engine, log, recorder);
  context.subscriptions.push(
    fix,
    registerEdit(engine, context.workspaceState, log, recorder),
    registerRefactor(engine, context.workspaceState, log),
    registerCompletions({ engine, snooze, memory: context.globalState, log, recorder, nextEdits }),
    registerNextEdits(nextEdits, engine, snooze, log),
    snooze,
    registerDenoising(context.extensionUri, recorder, log),
    recorder,
    registerDiagnostics(context.extension, engine, log),
    registerStatusBar(engine),
    registerEngineCommands(engine, snooze, log),
    registerWalkthrough(context.extension, fix.controller, log),
    registerMcpServer(context),
    registerTools(context.extension, engine, log),
    registerChatModel((context.extension.packageJSON as { version: string }).version),
    registerChat(context.extensionUri, engine, fix.controller, log),
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
