import * as vscode from 'vscode';
import type { EngineService } from '../../engine/engine-service';
import type { PendingFix } from '../../fix/apply';
import type { FixController } from '../../fix/controller';
import { tell } from '../../notify';
import { chatCommands } from './commands';
import { chatVendor } from './model';

/** As in the manifest's `chatParticipants`. */
const participantId = 'unmask.chat';

/** Changes whose buttons still work: those of the last answers. */
const capacity = 30;

/** Registers `@unmask`, with `/fix` and `/edit`. */
export function registerChat(
  extensionUri: vscode.Uri,
  engine: EngineService,
  fixes: FixController,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const changes = new Map<number, PendingFix>();
  let nextId = 0;
  const keep = (change: PendingFix): readonly [number] => {
    changes.set(nextId, change);
    for (const id of changes.keys()) if (changes.size > capacity) changes.delete(id);
    return [nextId++];
  };
  const withChange = async (id: unknown, use: (change: PendingFix) => Promise<unknown>): Promise<void> => {
    const change = changes.get(Number(id));
    if (change) await use(change);
    else tell('info', vscode.l10n.t('This change is too old to be applied. Ask again.'));
  };
  const participant = vscode.chat.createChatParticipant(participantId, async (request, _context, stream, token) => {
    const controller = new AbortController();
    const listener = token.onCancellationRequested(() => {
      controller.abort(new vscode.CancellationError());
    });
    try {
      const { answer } = await import('../../later');
      await answer(request, stream, controller.signal, { engine, fixes, keep });
      return {};
    } catch (error) {
      if (token.isCancellationRequested) return {};
      const message = error instanceof Error ? error.message : String(error);
      log.error(`Chat: ${message}`);
      return { errorDetails: { message } };
    } finally {
      listener.dispose();
    }
  });
  participant.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'unmask.svg');
  return vscode.Disposable.from(
    participant,
    vscode.commands.registerCommand('unmask.openChat', openChat),
    vscode.commands.registerCommand(chatCommands.preview, (id: unknown) => withChange(id, (change) => fixes.propose(change))),
    vscode.commands.registerCommand(chatCommands.apply, (id: unknown) =>
      withChange(id, async (change) => {
        await fixes.propose(change, { preview: false });
        await fixes.apply();
      }),
    ),
  );
}

/** Opens the chat with `@unmask` in its box. Where there is no other language model our own is chosen: else VS Code would refuse the message before we see it. */
async function openChat(): Promise<void> {
  const models = await vscode.lm.selectChatModels();
  const alone = models.every(({ vendor }) => vendor === chatVendor);
  await vscode.commands.executeCommand('workbench.action.chat.open', {
    query: '@unmask ',
    isPartialQuery: true,
    ...(alone && { modelSelector: { vendor: chatVendor } }),
  });
}
