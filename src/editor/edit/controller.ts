import * as vscode from 'vscode';
import type { DenoisingStep } from '../../protocol/denoising';
import type { EditOffer, EditResult, EditTarget } from '../../protocol/edit';
import type { Progress } from '../../protocol/messages';
import type { DenoisingRecorder } from '../denoising/recorder';
import type { EngineService } from '../engine/engine-service';
import { openSetting, tell, tellFailure } from '../notify';
import { askInstruction } from './box';
import { historyFrom, remember } from './choices';
import type { EditDecorations } from './decorations';
import { moved, proposalOf } from './proposal';
import { rebase, type DocumentChange } from './rebase';
import { recordsOf, type SeenStep } from './record';
import { findEditor, targetOf } from './target';
import { changesOf, type WaitingEdits } from './waiting';

/** How a call of the command ended; other extensions and key bindings may chain on it. */
export type EditOutcome = EditResult['status'] | 'cancelled' | 'stale' | 'error';

const historyKey = 'unmask.edit.history';
/** Known edits are quicker than this; what takes longer says so, with a way to end it. */
const quietMs = 600;
/** Least time between two drawings of a region that denoises. */
const drawMs = 80;

interface Running {
  readonly abort: AbortController;
  readonly target: EditTarget;
  /** Changes of the document since the request. */
  readonly changes: DocumentChange[];
  /** For the denoising view, while that is open. */
  readonly seen: SeenStep[];
  readonly began: number;
  drawnAt: number;
  stale: boolean;
}

/** Runs edits, one for each document at a time, and hands what comes of them to those that wait for a decision. */
export class EditController implements vscode.Disposable {
  private readonly running = new Map<vscode.TextDocument, Running>();
  private readonly listeners: vscode.Disposable;

  constructor(
    private readonly engine: EngineService,
    private readonly waiting: WaitingEdits,
    private readonly decorations: EditDecorations,
    private readonly memory: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
    private readonly recorder: DenoisingRecorder,
  ) {
    this.listeners = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument((event) => {
        this.follow(event);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.running.get(document)?.abort.abort()),
      vscode.window.onDidChangeActiveTextEditor(() => {
        this.tellContext();
      }),
    );
  }

  /** The command. `argument` may carry the instruction (`{ instruction: string }`); otherwise the user is asked. */
  async editSelection(argument: unknown): Promise<EditOutcome> {
    const editor = await findEditor();
    if (typeof editor === 'string') {
      tell('warning', editor);
      return 'refused';
    }
    const instruction = instructionOf(argument) ?? (await this.ask(editor));
    if (instruction === undefined) return 'cancelled';
    await this.memory.update(historyKey, remember(historyFrom(this.memory.get(historyKey)), instruction));
    try {
      return await this.run(editor, instruction);
    } catch (error) {
      const again = { title: vscode.l10n.t('Try Again'), command: 'unmask.editSelection', args: [{ instruction }] };
      tellFailure(error, this.log, again);
      return 'error';
    }
  }

  /** Ends what runs for a document. False where nothing does. */
  cancel(document: vscode.TextDocument | undefined): boolean {
    const running = document && this.running.get(document);
    running?.abort.abort();
    return running !== undefined;
  }

  dispose(): void {
    for (const { abort } of this.running.values()) abort.abort();
    this.listeners.dispose();
  }

  private async ask(editor: vscode.TextEditor): Promise<string | undefined> {
    const abort = new AbortController();
    const offers = this.engine
      .request((client) => client.editOffers(targetOf(editor), { signal: abort.signal }), { quiet: true })
      .then((found): readonly EditOffer[] => found.offers);
    try {
      return await askInstruction(vscode.l10n.t('Unmask: Edit Selection'), historyFrom(this.memory.get(historyKey)), offers);
    } finally {
      abort.abort();
    }
  }

  private async run(editor: vscode.TextEditor, instruction: string): Promise<EditOutcome> {
    const { document } = editor;
    this.cancel(document);
    this.waiting.reject(document);
    const running: Running = {
      abort: new AbortController(),
      target: targetOf(editor),
      changes: [],
      seen: [],
      began: performance.now(),
      drawnAt: 0,
      stale: false,
    };
    this.running.set(document, running);
    this.tellContext();
    const { range } = running.target;
    // At once, so that the key is seen to have been heard while the engine still reads the file.
    if (range.end > range.start) this.decorations.showCalm(document, range);
    try {
      const result = await withProgress(running.abort, (report) => this.request(document, running, instruction, report));
      return this.conclude(document, running, result, instruction);
    } catch (error) {
      if (running.stale) return this.refuseStale(instruction);
      if (running.abort.signal.aborted) return 'cancelled';
      throw error;
    } finally {
      if (this.running.get(document) === running) {
        this.running.delete(document);
        if (!this.waiting.proposalIn(document)) this.decorations.clear(document);
      }
      this.tellContext();
    }
  }

  private request(
    document: vscode.TextDocument,
    running: Running,
    instruction: string,
    report: (progress: Progress) => void,
  ): Promise<EditResult> {
    const { signal } = running.abort;
    const onProgress = (progress: Progress): void => {
      report(progress);
      if (!progress.denoising || signal.aborted) return;
      if (this.recorder.wanted) running.seen.push({ step: progress.denoising, at: performance.now() - running.began });
      this.draw(document, running, progress.denoising);
    };
    return this.engine.request((client) => client.edit({ ...running.target, instruction }, { signal, onProgress }));
  }

  /** Draws a step into the document; with reduced motion only that something goes on. */
  private draw(document: vscode.TextDocument, running: Running, step: DenoisingStep): void {
    const calm = vscode.workspace.getConfiguration('workbench').get<string>('reduceMotion') === 'on';
    const last = step.cells.every(({ text }) => text !== null);
    if ((calm && running.drawnAt > 0) || (!last && Date.now() - running.drawnAt < drawMs)) return;
    running.drawnAt = Date.now();
    const region = rebase(step.range, running.changes);
    if (!region) return;
    if (calm) this.decorations.showCalm(document, region);
    else this.decorations.showStep(document, step, running.target.text, region.start - step.range.start);
  }

  private conclude(document: vscode.TextDocument, running: Running, result: EditResult, instruction: string): EditOutcome {
    this.log.info(`Edit of ${running.target.file}: ${result.status}, ${result.how}, ${result.hunks.length} hunks, ${result.steps} steps, ${result.seconds.toFixed(2)} s.`); // prettier-ignore
    for (const record of recordsOf(running.seen, running.target.text)) {
      const { line } = document.positionAt(record.steps[0]!.range.start);
      const outcome = result.status === 'edited' ? vscode.l10n.t('offered as an edit') : vscode.l10n.t('not taken');
      this.recorder.add({ kind: 'edit', uri: document.uri, line, outcome, record });
    }
    if (result.status !== 'edited') {
      tellNothing(result);
      return result.status;
    }
    const proposal = moved(proposalOf(result, running.target.text), running.changes);
    if (!proposal) return this.refuseStale(instruction);
    this.decorations.clear(document);
    this.waiting.put(document, proposal, instruction);
    // What the model wrote is proved by nothing, which must be read; known edits need no answer.
    if (result.how === 'denoised') tell('warning', result.message);
    else vscode.window.setStatusBarMessage(`Unmask: ${result.message}`, 10_000);
    return 'edited';
  }

  private refuseStale(instruction: string): EditOutcome {
    const again = { title: vscode.l10n.t('Edit Again'), command: 'unmask.editSelection', args: [{ instruction }] };
    tell('info', vscode.l10n.t('The lines to edit changed meanwhile, so the edit was given up. Nothing of it was written.'), [again]); // prettier-ignore
    return 'stale';
  }

  /** A change inside of the lines that are being edited ends the edit at once; where they are is known once they are selected or drawn. */
  private follow(event: vscode.TextDocumentChangeEvent): void {
    const running = this.running.get(event.document);
    if (!running) return;
    const changes = changesOf(event);
    const { range } = running.target;
    const before = rebase(range, running.changes);
    running.changes.push(...changes);
    if (range.end === range.start || !before || rebase(before, changes)) return;
    running.stale = true;
    running.abort.abort();
  }

  private tellContext(): void {
    const document = vscode.window.activeTextEditor?.document;
    const runs = document !== undefined && this.running.has(document);
    void vscode.commands.executeCommand('setContext', 'unmask.editRunning', runs);
  }
}

function tellNothing({ status, reason, message, suggestion }: EditResult): void {
  const command = 'unmask.editSelection';
  const suggested = suggestion === undefined ? [] : [{ title: suggestion, command, args: [{ instruction: suggestion }] }];
  // The box lists what finds a place in these lines.
  const other = reason === 'not-understood' ? [{ title: vscode.l10n.t('Known Edits…'), command }] : [];
  const wantsModel = reason === 'not-understood' || reason === 'no-model' || reason === 'no-chat-template';
  const model = wantsModel ? [openSetting('unmask.model')] : [];
  tell(status === 'refused' ? 'warning' : 'info', message, [...suggested, ...other, ...model]);
}

function instructionOf(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null || !('instruction' in argument)) return undefined;
  return typeof argument.instruction === 'string' ? argument.instruction : undefined;
}

/** Work that shows itself once it lasts: a notification with its newest line, and Cancel. */
async function withProgress<T>(abort: AbortController, work: (report: (progress: Progress) => void) => Promise<T>): Promise<T> {
  let newest: Progress | undefined;
  let show: ((progress: Progress) => void) | undefined;
  const done = work((progress) => {
    newest = progress;
    show?.(progress);
  });
  const timer = setTimeout(() => {
    const options = { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Unmask: Edit'), cancellable: true };
    void vscode.window.withProgress(options, async (notification, token) => {
      const listener = token.onCancellationRequested(() => {
        abort.abort();
      });
      show = ({ message }) => {
        notification.report({ message });
      };
      if (newest) show(newest);
      await done.catch(() => undefined);
      show = undefined;
      listener.dispose();
    });
  }, quietMs);
  try {
    return await done;
  } finally {
    clearTimeout(timer);
  }
}
