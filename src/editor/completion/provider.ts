import * as vscode from 'vscode';
import type { DenoisingRecorder } from '../denoising/recorder';
import type { EngineService } from '../engine/engine-service';
import { readCompletionSettings, type CompletionSettings } from '../engine/settings';
import type { NextEdits } from '../next-edit/controller';
import { Completer, type Clock, type Request } from './completer';
import { NeighbourContext } from './context/neighbours';
import type { Answer, Offer, Place } from './reuse';
import { registerForgetting, SilenceLearner } from './silence/learner';
import { OfferWatch } from './silence/watch';
import { registerSnooze, type Snooze } from './snooze';
import { completionSelector, isExcluded, isSwitchedOn } from './switches';
import { windowAround, withInsertion, type TextSource } from './window';

const maxLines = 8;
const maxTokens = 48;
/**
 * Models with a smaller window get no context from other files unless told so: it would take the place of what stands near to the cursor. The embedded
 * model, with 256 tokens, gained nothing from it (test/bench/context.ts: -0.005 nats a character, standard error 0.004, on held-out code).
 */
const leastWindow = 1_024;
const charactersPerToken = 3.2;
/** Run by VS Code when all of an item is taken; not for users. */
const takenCommand = '_unmask.completionTaken';

/** What ghost text is made with. */
export interface CompletionParts {
  readonly engine: EngineService;
  readonly snooze: Snooze;
  /** Where what was learnt of taken and left offers is kept. */
  readonly memory: vscode.Memento;
  readonly log: vscode.LogOutputChannel;
  readonly recorder: DenoisingRecorder;
  /** What goes before ghost text while it is shown. */
  readonly nextEdits: NextEdits;
}

/** Registers ghost text: what belongs at the cursor, between what stands before and after it. */
export function registerCompletions(parts: CompletionParts): vscode.Disposable {
  const { snooze, memory, log } = parts;
  const learner = new SilenceLearner(memory, log);
  const provider = new InfillProvider(parts, learner);
  const register = (): vscode.Disposable => vscode.languages.registerInlineCompletionItemProvider(completionSelector(), provider);
  let registration = register();
  return vscode.Disposable.from(
    provider,
    { dispose: () => registration.dispose() as unknown },
    registerSnooze(snooze),
    registerForgetting(learner, () => {
      provider.forget();
    }),
    vscode.commands.registerCommand(takenCommand, () => {
      provider.taken();
    }),
    vscode.workspace.onDidChangeTextDocument((event) => {
      provider.changed(event);
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('unmask')) provider.forget();
      if (!event.affectsConfiguration('unmask.completion.languages')) return;
      registration.dispose();
      registration = register();
    }),
  );
}

class InfillProvider implements vscode.InlineCompletionItemProvider, vscode.Disposable {
  /** One for each language: the same text may go on differently in another. */
  private readonly completers = new Map<string, Completer>();
  private readonly watch: OfferWatch;
  private readonly neighbours: NeighbourContext;

  /** Where the cursor was when last something was asked for, to call a record by. */
  private latest: { readonly uri: vscode.Uri; readonly line: number } | undefined;

  constructor(
    private readonly parts: CompletionParts,
    private readonly learner: SilenceLearner,
  ) {
    const { log } = parts;
    this.neighbours = new NeighbourContext(log);
    this.watch = new OfferWatch((confidence, taken) => {
      learner.learn(confidence, taken);
    });
  }

  /** All of what was shown was taken. */
  taken(): void {
    this.watch.accepted();
  }

  /** Answers so far hold for other settings. */
  forget(): void {
    for (const completer of this.completers.values()) completer.forget();
  }

  dispose(): void {
    this.neighbours.dispose();
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
    const next = this.parts.nextEdits.ghostAt(document, position);
    if (next) return [next];
    const demanded = context.triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
    if (!demanded && (!isSwitchedOn(document, settings) || this.parts.snooze.active)) return [];
    if (!demanded && this.parts.nextEdits.active(document)) return [];
    // Who asks with the denoising view open wants to see it made: what is known already was not recorded.
    if (demanded && this.parts.recorder.wanted) this.forget();
    if (!demanded && (context.selectedCompletionInfo !== undefined || insideWord(document, position))) return [];
    if (hasSeveralCursors(document) || isExcluded(document.uri, settings)) return [];
    const source = sourceOf(document);
    const offset = document.offsetAt(position);
    const place = windowAround(source, offset);
    this.watch.reached(place, clock.now());
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
        hints: (at: Place) => ({
          minConfidence: demanded ? 0 : this.learner.minConfidence(settings, at),
          context: this.contextFor(document, settings, at),
        }),
        afterwards: (text: string) => windowAround(withInsertion(source, offset, text), offset + text.length),
      };
      const offer = await this.completerFor(document.languageId).offer(place, options, controller.signal);
      if (offer === undefined) return [];
      if (demanded) this.watch.forget();
      else this.watch.show(place, offer, clock.now());
      return [item(offer, position)];
    } finally {
      cancelled.dispose();
    }
  }

  /** What other files say, for a model with room for it. */
  private contextFor(document: vscode.TextDocument, { context }: CompletionSettings, place: Place): string {
    const window = this.parts.engine.status.info?.model?.maxSequence ?? 0;
    if (context === 'off' || (context === 'auto' && window < leastWindow)) return '';
    return this.neighbours.contextFor(document, place, Math.floor((window / 4) * charactersPerToken));
  }

  private completerFor(languageId: string): Completer {
    const known = this.completers.get(languageId);
    if (known) return known;
    const made = new Completer(
      (request, signal) => this.ask(request, languageId, signal),
      clock,
      // Typing goes on whatever happens: the status bar tells of an engine in trouble, a dialog here would be in the way.
      (error) => {
        this.parts.log.warn(`No completion: ${error instanceof Error ? error.message : String(error)}`);
      },
    );
    this.completers.set(languageId, made);
    return made;
  }

  private async ask({ place, priority, demanded, hints }: Request, languageId: string, signal: AbortSignal): Promise<Answer> {
    // What is computed ahead of its time nobody has asked to see.
    const record = priority === 'typing' && this.parts.recorder.wanted;
    const params = { ...place, languageId, maxLines, maxTokens, priority, demanded, ...hints, record };
    const result = await this.parts.engine.request((client) => client.complete(params, { signal }), { quiet: true });
    if (this.latest) this.parts.recorder.addCompletion(this.latest.uri, this.latest.line, result);
    this.parts.log.debug(
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
  const taken = { command: takenCommand, title: vscode.l10n.t('Completion taken') };
  return new vscode.InlineCompletionItem(text, new vscode.Range(position, position), taken);
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
