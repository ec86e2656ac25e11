import * as vscode from 'vscode';
import type { DenoisingRecorder } from '../denoising/recorder';
import type { EngineService } from '../engine/engine-service';
import { readCompletionSettings } from '../engine/settings';
import { completionSelector } from '../languages';
import { Completer, type Clock, type Request } from './completer';
import type { Answer, Offer } from './reuse';
import { windowAround, withInsertion, type TextSource } from './window';

const maxLines = 8;
const maxTokens = 48;

/** Registers ghost text: what belongs at the cursor, between what stands before and after it. */
export function registerCompletions(
  engine: EngineService,
  log: vscode.LogOutputChannel,
  recorder: DenoisingRecorder,
): vscode.Disposable {
  const provider = new InfillProvider(engine, log, recorder);
  return vscode.Disposable.from(
    provider,
    vscode.languages.registerInlineCompletionItemProvider([...completionSelector], provider),
    vscode.workspace.onDidChangeTextDocument((event) => {
      provider.changed(event);
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('unmask')) provider.forget();
    }),
  );
}

class InfillProvider implements vscode.InlineCompletionItemProvider, vscode.Disposable {
  /** One for each language: the same text may go on differently in another. */
  private readonly completers = new Map<string, Completer>();

  /** Where the cursor was when last something was asked for, to call a record by. */
  private latest: { readonly uri: vscode.Uri; readonly line: number } | undefined;

  constructor(
    private readonly engine: EngineService,
    private readonly log: vscode.LogOutputChannel,
    private readonly recorder: DenoisingRecorder,
  ) {}

  /** Answers so far hold for other settings. */
  forget(): void {
    for (const completer of this.completers.values()) completer.forget();
  }

  dispose(): void {
    for (const completer of this.completers.values()) completer.stop();
  }

  /** Watches how the user types: keys, not pasted text. */
  changed({ document, contentChanges, reason }: vscode.TextDocumentChangeEvent): void {
    const [change] = contentChanges;
    if (reason !== undefined || contentChanges.length !== 1 || change!.text.length > 2) return;
    if (vscode.window.activeTextEditor?.document !== document) return;
    this.completers.get(document.languageId)?.rhythm.key(clock.now());
  }

  async provideInlineCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    context: vscode.InlineCompletionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlineCompletionItem[]> {
    const settings = readCompletionSettings(document);
    const demanded = context.triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
    if (!demanded && (!settings.enabled || context.selectedCompletionInfo !== undefined || insideWord(document, position)))
      return [];
    if (hasSeveralCursors(document)) return [];
    const source = sourceOf(document);
    const offset = document.offsetAt(position);
    const controller = new AbortController();
    const cancelled = token.onCancellationRequested(() => {
      controller.abort();
    });
    if (token.isCancellationRequested) controller.abort();
    try {
      this.latest = { uri: document.uri, line: position.line };
      const options = {
        demanded,
        longestWaitMs: settings.debounceMs,
        afterwards: (text: string) => windowAround(withInsertion(source, offset, text), offset + text.length),
      };
      const offer = await this.completerFor(document).offer(windowAround(source, offset), options, controller.signal);
      return offer === undefined ? [] : [item(offer, position)];
    } finally {
      cancelled.dispose();
    }
  }

  private completerFor(document: vscode.TextDocument): Completer {
    const { languageId } = document;
    const known = this.completers.get(languageId);
    if (known) return known;
    const made = new Completer(
      (request, signal) => this.ask(request, languageId, readCompletionSettings(document).minConfidence, signal),
      clock,
      // Typing goes on whatever happens: the status bar tells of an engine in trouble, a dialog here would be in the way.
      (error) => {
        this.log.warn(`No completion: ${error instanceof Error ? error.message : String(error)}`);
      },
    );
    this.completers.set(languageId, made);
    return made;
  }

  private async ask(
    { place, priority, demanded }: Request,
    languageId: string,
    minConfidence: number,
    signal: AbortSignal,
  ): Promise<Answer> {
    const params = {
      ...place,
      languageId,
      maxLines,
      maxTokens,
      minConfidence: demanded ? 0 : minConfidence,
      priority,
      record: this.recorder.wanted,
    };
    const result = await this.engine.request((client) => client.complete(params, { signal }), { quiet: true });
    if (this.latest) this.recorder.addCompletion(this.latest.uri, this.latest.line, result);
    this.log.debug(
      result.text === null
        ? `Completion (${priority}): silent (${result.silence ?? 'nothing to offer'}), ${result.milliseconds.toFixed(0)} ms`
        : `Completion (${priority}): ${result.text.length} characters, confidence ${result.confidence.toFixed(2)}, ${result.milliseconds.toFixed(0)} ms`,
    );
    return { text: result.text, confidence: result.confidence };
  }
}

const clock: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', finish);
        resolve();
      };
      const timer = setTimeout(finish, milliseconds);
      signal.addEventListener('abort', finish);
      if (signal.aborted) finish();
    }),
};

function item({ text }: Offer, position: vscode.Position): vscode.InlineCompletionItem {
  return new vscode.InlineCompletionItem(text, new vscode.Range(position, position));
}

/** In the middle of a name nothing is offered unasked: the user is editing it. */
function insideWord(document: vscode.TextDocument, position: vscode.Position): boolean {
  const rest = new vscode.Range(position, position.translate(0, 2));
  return /^[\p{L}\p{M}\p{N}_$]/u.test(document.getText(rest));
}

/** VS Code would put the first cursor's completion at all of them. */
function hasSeveralCursors(document: vscode.TextDocument): boolean {
  const editor = vscode.window.activeTextEditor;
  return editor?.document === document && editor.selections.length > 1;
}

/** The text of a document, read in pieces. */
function sourceOf(document: vscode.TextDocument): TextSource {
  return {
    slice: (start, end) => document.getText(new vscode.Range(document.positionAt(start), document.positionAt(end))),
  };
}
