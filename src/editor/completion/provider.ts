import * as vscode from 'vscode';
import type { DenoisingRecorder } from '../denoising/recorder';
import type { EngineService } from '../engine/engine-service';
import { readCompletionSettings } from '../engine/settings';
import { completionSelector } from '../languages';
import { CompletionCache, remainder, type Offer, type Place } from './reuse';
import { windowAround } from './window';

const maxLines = 8;
const maxTokens = 48;
const cacheCapacity = 64;

/** Registers ghost text: what belongs at the cursor, between what stands before and after it. */
export function registerCompletions(
  engine: EngineService,
  log: vscode.LogOutputChannel,
  recorder: DenoisingRecorder,
): vscode.Disposable {
  const provider = new InfillProvider(engine, log, recorder);
  return vscode.Disposable.from(
    vscode.languages.registerInlineCompletionItemProvider([...completionSelector], provider),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('unmask')) provider.forget();
    }),
  );
}

class InfillProvider implements vscode.InlineCompletionItemProvider {
  private readonly cache = new CompletionCache(cacheCapacity);
  /** What was last put on the screen, to be shortened as the user types it. */
  private shown: (Offer & { readonly uri: string }) | undefined;
  private running: AbortController | undefined;

  constructor(
    private readonly engine: EngineService,
    private readonly log: vscode.LogOutputChannel,
    private readonly recorder: DenoisingRecorder,
  ) {}

  forget(): void {
    this.cache.clear();
    this.shown = undefined;
  }

  async provideInlineCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    context: vscode.InlineCompletionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlineCompletionItem[]> {
    const settings = readCompletionSettings(document);
    const asked = context.triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
    if (!asked && (!settings.enabled || context.selectedCompletionInfo !== undefined || insideWord(document, position)))
      return [];
    const place = windowAround(document.getText(), document.offsetAt(position));
    const uri = document.uri.toString();
    const typedOn = this.shown?.uri === uri ? remainder(this.shown, place) : undefined;
    if (typedOn !== undefined) return [item(typedOn, position)];

    const known = asked ? undefined : this.cache.get(place);
    if (known !== undefined) return this.show(uri, place, known, position);
    // The newest place is the only one that matters: what runs for an older one is ended before anything else starts.
    this.running?.abort();
    if (!asked && !(await quiet(settings.debounceMs, token))) return [];
    const controller = new AbortController();
    this.running = controller;
    const cancelled = token.onCancellationRequested(() => {
      controller.abort();
    });
    try {
      const text = await this.infill(document, position, place, asked ? 0 : settings.minConfidence, controller.signal);
      if (!asked) this.cache.set(place, text);
      return token.isCancellationRequested ? [] : this.show(uri, place, text, position);
    } catch (error) {
      // Typing goes on whatever happens: the status bar tells of an engine in trouble, a dialog here would be in the way.
      if (!controller.signal.aborted) this.log.warn(`No completion: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    } finally {
      cancelled.dispose();
      if (this.running === controller) this.running = undefined;
    }
  }

  private async infill(
    document: vscode.TextDocument,
    position: vscode.Position,
    place: Place,
    minConfidence: number,
    signal: AbortSignal,
  ): Promise<string | null> {
    const result = await this.engine.request(
      (client) =>
        client.complete(
          { ...place, languageId: document.languageId, maxLines, maxTokens, minConfidence, record: this.recorder.wanted },
          { signal },
        ),
      { quiet: true },
    );
    this.recorder.addCompletion(document.uri, position.line, result);
    this.log.debug(
      result.text === null
        ? `Completion: silent (${result.silence ?? 'nothing to offer'}), ${result.milliseconds.toFixed(0)} ms`
        : `Completion: ${result.text.length} characters, confidence ${result.confidence.toFixed(2)}, ${result.milliseconds.toFixed(0)} ms`,
    );
    return result.text;
  }

  private show(uri: string, place: Place, text: string | null, position: vscode.Position): vscode.InlineCompletionItem[] {
    this.shown = text === null ? undefined : { ...place, text, uri };
    return text === null ? [] : [item(text, position)];
  }
}

function item(text: string, position: vscode.Position): vscode.InlineCompletionItem {
  return new vscode.InlineCompletionItem(text, new vscode.Range(position, position));
}

/** In the middle of a name nothing is offered unasked: the user is editing it. */
function insideWord(document: vscode.TextDocument, position: vscode.Position): boolean {
  return /^[\p{L}\p{N}_$]/u.test(document.lineAt(position.line).text.slice(position.character));
}

/** Waits; false if the request was cancelled meanwhile (the user typed on). */
function quiet(milliseconds: number, token: vscode.CancellationToken): Promise<boolean> {
  if (token.isCancellationRequested) return Promise.resolve(false);
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      listener.dispose();
      resolve(!token.isCancellationRequested);
    };
    const timer = setTimeout(finish, milliseconds);
    const listener = token.onCancellationRequested(finish);
  });
}
