import * as vscode from 'vscode';

/** As in the manifest's `languageModelChatProviders`. */
export const chatVendor = 'unmask';

/** Nothing of what is written to it is kept, so these only have to be large enough for a message and its answer. */
const tokens = { maxInputTokens: 16_384, maxOutputTokens: 1_024 };

/**
 * Offers Unmask in the chat's list of models. VS Code passes no message to a participant unless some language model is chosen, which would
 * leave `@unmask` useless where there is no other. As a model of its own it says truthfully what it is: it talks to nobody.
 */
export function registerChatModel(version: string): vscode.Disposable {
  const answer = (): string =>
    vscode.l10n.t(
      'Unmask does not converse: it fixes and edits code. Write `@unmask /fix` for a fix that your tests prove, or `@unmask /edit` with an instruction; choose another model to talk to.',
    );
  const changed = new vscode.EventEmitter<void>();
  const registration = vscode.lm.registerLanguageModelChatProvider(chatVendor, {
    onDidChangeLanguageModelChatInformation: changed.event,
    provideLanguageModelChatInformation: () => [
      {
        ...tokens,
        id: 'unmask-participant',
        name: 'Unmask',
        family: 'unmask',
        version,
        detail: vscode.l10n.t('for @unmask only'),
        tooltip: vscode.l10n.t(
          'Lets @unmask work without any other language model. It fixes and edits code, and does not converse.',
        ),
        // Agent mode passes no message on, not even to a participant, unless the chosen model can call tools. This one never has reason to call any.
        capabilities: { toolCalling: true },
      },
    ],
    provideLanguageModelChatResponse(_model, _messages, _options, progress) {
      progress.report(new vscode.LanguageModelTextPart(answer()));
      return Promise.resolve();
    },
    // Four characters a token, as a rule of thumb: nothing is cut by it.
    provideTokenCount: (_model, text) => Promise.resolve(Math.ceil((typeof text === 'string' ? text : textOf(text)).length / 4)),
  });
  // VS Code asks for the models of a provider when its list is opened, or when they change: a chat whose list was never opened has no model, and refuses to pass a
  // message on.
  changed.fire();
  return vscode.Disposable.from(registration, changed);
}

function textOf({ content }: vscode.LanguageModelChatRequestMessage): string {
  return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
}
