import * as vscode from 'vscode';
import type { EngineService } from '../../engine/engine-service';
import type { ServedTool } from './served';

interface Manifest {
  readonly contributes: { readonly languageModelTools: readonly { readonly name: string }[] };
}

/** Registers the tools of the manifest. Their code is loaded when an agent first calls one. */
export function registerTools(
  extension: vscode.Extension<unknown>,
  engine: EngineService,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const { languageModelTools } = (extension.packageJSON as Manifest).contributes;
  return vscode.Disposable.from(
    ...languageModelTools.map(({ name }) => {
      const load = async (): Promise<ServedTool> => (await import('../../later')).servedTools[name]!;
      return vscode.lm.registerTool<unknown>(name, {
        prepareInvocation: async ({ input }) => (await load()).prepare(input),
        async invoke({ input }, token) {
          const tool = await load();
          try {
            const words = await whileShown(token, (signal, report) => tool.invoke(input, { engine, signal, report }));
            return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(words)]);
          } catch (error) {
            if (token.isCancellationRequested) throw new vscode.CancellationError();
            log.warn(`${name}: ${error instanceof Error ? error.message : String(error)}`);
            throw error;
          }
        },
      });
    }),
  );
}

/** Runs a tool's work under its caller's cancellation, with its newest line in the status bar. */
async function whileShown<T>(
  token: vscode.CancellationToken,
  work: (signal: AbortSignal, report: (message: string) => void) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const listener = token.onCancellationRequested(() => {
    controller.abort(new vscode.CancellationError());
  });
  if (token.isCancellationRequested) controller.abort(new vscode.CancellationError());
  const options = { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Unmask works for an agent') };
  try {
    return await vscode.window.withProgress(options, (progress) =>
      work(controller.signal, (message) => {
        if (message !== '') progress.report({ message });
      }),
    );
  } finally {
    listener.dispose();
  }
}
