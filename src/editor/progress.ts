import * as vscode from 'vscode';
import type { Progress } from '../protocol/messages';

/** A notification with the newest line of the work, its progress where known, and Cancel. */
export async function withProgress<T>(
  title: string,
  controller: AbortController,
  work: (report: (progress: Progress) => void) => Promise<T>,
): Promise<T> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (notification, token) => {
    const listener = token.onCancellationRequested(() => {
      controller.abort();
    });
    let done = 0;
    try {
      return await work(({ message, fraction }) => {
        const increment = fraction === undefined ? 0 : Math.max(0, fraction * 100 - done);
        done += increment;
        notification.report({ message, ...(increment > 0 && { increment }) });
      });
    } finally {
      listener.dispose();
    }
  });
}
