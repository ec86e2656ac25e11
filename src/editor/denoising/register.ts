import * as vscode from 'vscode';
import type { DenoisingRecorder } from './recorder';
import type { DenoisingView } from './view';

/** Registers the denoising view's command. The recorder is the caller's to dispose. */
export function registerDenoising(
  extensionUri: vscode.Uri,
  recorder: DenoisingRecorder,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  let view: Promise<DenoisingView> | undefined;
  let disposed = false;
  const load = async (): Promise<DenoisingView> => {
    const { DenoisingView: View } = await import('../later');
    return new View(extensionUri, recorder, log);
  };
  return vscode.Disposable.from(
    vscode.commands.registerCommand('unmask.showDenoising', async () => {
      const loaded = await (view ??= load());
      if (!disposed) loaded.show();
    }),
    {
      dispose() {
        disposed = true;
        void view?.then((loaded) => {
          loaded.dispose();
        });
      },
    },
  );
}
