import * as vscode from 'vscode';
import type { NextEditResult } from '../../protocol/messages';
import type { Snooze } from '../completion/snooze';
import { isExcluded, isSwitchedOn } from '../completion/switches';
import type { EngineService } from '../engine/engine-service';
import { readCompletionSettings, readNextEditSettings } from '../engine/settings';
import type { NextEdits } from './controller';
import { EditTracker, isSmall, type OpenChange } from './tracker';

/** A pause of this length ends nothing, but is the moment to look what may follow. */
const settleMs = 350;
/** Larger documents are left alone: each pause sends the whole text. */
const longestDocument = 200_000;
const mostLines = 8_000;
const mostRecent = 32;

type Replacement = Pick<OpenChange, 'oldText' | 'newText'>;

/** Watches the document that is being edited, and asks what follows from an edit. */
export class EditWatch implements vscode.Disposable {
  private document: vscode.TextDocument | undefined;
  private tracker: EditTracker | undefined;
  private recent: Replacement[] = [];
  /** The open change in whole tokens, as the engine last told it. */
  private told: { readonly change: OpenChange; readonly replacement: Replacement | null } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private running: AbortController | undefined;

  constructor(
    private readonly nextEdits: NextEdits,
    private readonly engine: EngineService,
    private readonly snooze: Snooze,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Watches this editor's document from its present text on. */
  follow(editor: vscode.TextEditor | undefined): void {
    this.stop();
    const document = editor?.document;
    if (document !== this.document) this.recent = [];
    this.document = document;
    this.reset();
  }

  changed({ document, contentChanges, reason }: vscode.TextDocumentChangeEvent): void {
    if (document !== this.document || contentChanges.length === 0) return;
    this.stop();
    const [only] = contentChanges;
    if (contentChanges.length > 1 || reason !== undefined || this.tracker === undefined) {
      // Undone, or done in several places at once: by a command, which knows what it does.
      this.nextEdits.dismiss();
      this.reset();
      return;
    }
    const change = { offset: only!.rangeOffset, length: only!.rangeLength, text: only!.text };
    if (this.nextEdits.changed(document, change)) {
      this.reset();
      return;
    }
    const { change: open } = this.tracker;
    if (open && !this.tracker.continues(change)) this.remember(open, this.tracker.text);
    this.tracker.apply(change);
    if (document.lineCount > mostLines || this.tracker.length > longestDocument) {
      this.reset(); // grown too large, by a paste
      return;
    }
    this.timer = setTimeout(() => void this.suggest(document), settleMs);
  }

  dispose(): void {
    this.stop();
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.running?.abort();
    this.running = undefined;
  }

  private reset(): void {
    const { document } = this;
    const wanted = document !== undefined && document.lineCount <= mostLines && this.isOn(document);
    const text = wanted ? document.getText() : '';
    this.tracker = wanted && text.length <= longestDocument ? new EditTracker(text) : undefined;
    this.told = undefined;
  }

  private isOn(document: vscode.TextDocument): boolean {
    if (!['file', 'untitled'].includes(document.uri.scheme)) return false;
    const completion = readCompletionSettings(document);
    return (
      readNextEditSettings(document).enabled &&
      isSwitchedOn(document, { ...completion, enabled: true }) &&
      !isExcluded(document.uri, completion)
    );
  }

  /** A change is over: the next one may be its repetition. */
  private remember(change: OpenChange, text: string): void {
    const add = (replacement: Replacement | null | undefined): void => {
      if (replacement) this.recent = [...this.recent, replacement].slice(-mostRecent);
    };
    const { told } = this;
    this.told = undefined;
    if (told?.change === change) add(told.replacement);
    else if (isSmall(change)) void this.ask(text, change, new AbortController().signal).then((answer) => { add(answer?.change); }); // prettier-ignore
  }

  private async suggest(document: vscode.TextDocument): Promise<void> {
    const change = this.tracker?.change;
    if (change === undefined || !isSmall(change) || this.snooze.active) return;
    const editor = vscode.window.activeTextEditor;
    if (document !== editor?.document || editor.selections.length > 1) return;
    const text = document.getText();
    if (text !== this.tracker?.text) {
      this.reset(); // something changed that we were not told of
      return;
    }
    const controller = new AbortController();
    this.running = controller;
    const { version } = document;
    const answer = await this.ask(text, change, controller.signal);
    if (controller.signal.aborted || answer === undefined || document.version !== version) return;
    this.told = { change, replacement: answer.change };
    if (answer.edits.length > 0) this.nextEdits.show(document, answer.edits);
  }

  private async ask(text: string, change: OpenChange, signal: AbortSignal): Promise<NextEditResult | undefined> {
    const params = { text, languageId: this.document?.languageId ?? '', change, recent: this.recent };
    try {
      return await this.engine.request((client) => client.nextEdit(params, { signal }), { quiet: true });
    } catch (error) {
      // As with completions: typing goes on, and the status bar tells of an engine in trouble.
      if (!signal.aborted) this.log.warn(`No next edit: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }
}
