import path from 'node:path';
import * as vscode from 'vscode';
import type { FixResult, Progress, TraceEntry } from '../../protocol/messages';
import type { DenoisingRecorder } from '../denoising/recorder';
import type { EngineService } from '../engine/engine-service';
import { openSetting, tell, tellFailure } from '../notify';
import { withProgress } from '../progress';
import { applyFix, firstChange, type PendingFix } from './apply';
import type { FixDocuments } from './documents';
import { toParams } from './request';
import { findTarget, type FixTarget } from './target';
import type { TraceOutcome } from './trace-markdown';
import { summarise } from './words';

/** How a call of the command ended; other extensions and key bindings may chain on it. */
export type RunOutcome = FixResult['status'] | 'cancelled' | 'refused';

/** What the engine answered, and the text that it is about. */
interface Found {
  readonly uri: vscode.Uri;
  readonly baseText: string;
  readonly result: FixResult;
}

const showTrace = { title: vscode.l10n.t('Show Reasoning'), command: 'unmask.showTrace' };

/** One run of Reason and Fix at a time, and the fix that it found until the user applies or discards it. */
export class FixController implements vscode.Disposable {
  private running: AbortController | undefined;
  private pendingFix: PendingFix | undefined;
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangePending = this.changed.event;

  constructor(
    private readonly engine: EngineService,
    private readonly documents: FixDocuments,
    private readonly log: vscode.LogOutputChannel,
    private readonly recorder: DenoisingRecorder,
  ) {}

  get pending(): PendingFix | undefined {
    return this.pendingFix;
  }

  /** The command: finds what to repair, runs the search, and shows what it found. `argument`: see `findTarget`. */
  async reasonAndFix(argument: unknown): Promise<RunOutcome> {
    if (!vscode.workspace.isTrusted) {
      const manage = { title: vscode.l10n.t('Manage Workspace Trust'), command: 'workbench.trust.manage' };
      tell('warning', needsTrust(), [manage]);
      return 'refused';
    }
    if (this.running) {
      const cancel = { title: vscode.l10n.t('Cancel It'), command: 'unmask.cancelFix' };
      tell('info', isRunning(), [cancel, showTrace]);
      return 'refused';
    }
    const controller = new AbortController();
    this.setRunning(controller);
    try {
      const found = await withProgress(vscode.l10n.t('Reason and Fix'), controller, (report) =>
        this.run(argument, controller, report),
      );
      return typeof found === 'string' ? found : await this.conclude(found);
    } catch (error) {
      tellFailure(error, this.log);
      return 'error';
    } finally {
      this.setRunning(undefined);
    }
  }

  /**
   * The same search for a surface that shows progress and result itself (chat). A string says, for the user, why it can't begin; the engine's
   * errors and the signal's reason are thrown. Nothing waits to be applied afterwards: see `propose`.
   */
  async search(target: FixTarget, signal: AbortSignal, report: (progress: Progress) => void): Promise<FixResult | string> {
    if (!vscode.workspace.isTrusted) return needsTrust();
    if (this.running) return isRunning();
    const controller = new AbortController();
    const onAbort = (): void => {
      controller.abort(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    this.setRunning(controller);
    try {
      signal.throwIfAborted();
      return (await this.attempt(target, controller.signal, report)).result;
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.setRunning(undefined);
    }
  }

  /** Makes a change wait for the user's decision, in place of the one that does, and shows it. */
  async propose(change: PendingFix, options: { readonly preview: boolean } = { preview: true }): Promise<void> {
    await this.setPending(change);
    if (options.preview) await this.preview();
  }

  cancel(): void {
    this.running?.abort();
  }

  async apply(): Promise<boolean> {
    const fix = this.pendingFix;
    if (!fix) {
      tell('info', vscode.l10n.t('There is no fix to apply. Run Reason and Fix first.'));
      return false;
    }
    const refusal = await applyFix(fix);
    if (refusal !== undefined) {
      const again = { title: vscode.l10n.t('Run Again'), command: 'unmask.reasonAndFix' };
      tell('error', refusal, [again, showTrace]);
      return false;
    }
    await this.setPending(undefined);
    const { start } = firstChange(fix);
    await vscode.window.showTextDocument(fix.uri, { selection: new vscode.Range(start, start), preview: false });
    vscode.window.setStatusBarMessage(vscode.l10n.t('Unmask: the fix is applied; one Undo takes it back'), 5_000);
    return true;
  }

  async discard(): Promise<void> {
    await this.setPending(undefined);
  }

  async preview(): Promise<void> {
    const fix = this.pendingFix;
    if (fix) await this.documents.showDiff(fix.uri, fix.newText, firstChange(fix));
  }

  dispose(): void {
    this.running?.abort();
    this.changed.dispose();
  }

  private async run(
    argument: unknown,
    controller: AbortController,
    report: (progress: Progress) => void,
  ): Promise<RunOutcome | Found> {
    report({ message: vscode.l10n.t('looking at the code') });
    const target = await findTarget(argument);
    if (target === undefined || controller.signal.aborted) return 'cancelled';
    if (typeof target === 'string') {
      tell('warning', target);
      return 'refused';
    }
    await this.setPending(undefined);
    return this.repair(target, argument, controller.signal, report);
  }

  private async repair(
    target: FixTarget,
    argument: unknown,
    signal: AbortSignal,
    report: (progress: Progress) => void,
  ): Promise<RunOutcome | Found> {
    void this.documents.showTrace({ focus: false }); // not awaited: the search need not wait for a view
    try {
      return await this.attempt(target, signal, report);
    } catch (error) {
      if (signal.aborted) return 'cancelled';
      const again = { title: vscode.l10n.t('Try Again'), command: 'unmask.reasonAndFix', args: [argument] };
      tellFailure(error, this.log, again);
      return 'error';
    }
  }

  /** One search, told in the reasoning view as it goes. Throws what the engine does. */
  private async attempt(target: FixTarget, signal: AbortSignal, report: (progress: Progress) => void): Promise<Found> {
    const file = path.basename(target.document.uri.path);
    const entries: TraceEntry[] = [];
    const showEntries = (outcome?: TraceOutcome): void => {
      this.documents.setTrace({ file, entries: [...entries], ...(outcome && { outcome }) });
    };
    const onProgress = (progress: Progress): void => {
      if (progress.record) {
        this.recorder.addFixInfill(target.document, progress.record);
        return;
      }
      report(progress);
      if (!progress.trace) return;
      entries.push(progress.trace);
      showEntries();
    };
    showEntries();
    const params = { ...toParams(target), record: this.recorder.wanted };
    const baseText = target.document.getText();
    try {
      const result = await this.engine.request((client) => client.fix(params, { signal, onProgress }));
      entries.splice(0, entries.length, ...result.trace);
      showEntries({ kind: 'result', result });
      this.log.info(`Reason and Fix on ${params.file}: ${summarise(result)}`);
      return { uri: target.document.uri, baseText, result };
    } catch (error) {
      if (signal.aborted) showEntries({ kind: 'cancelled' });
      else showEntries({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  }

  /** Shows what a run found, when its progress is off the screen. */
  private async conclude({ uri, baseText, result }: Found): Promise<RunOutcome> {
    switch (result.status) {
      case 'fixed':
        if (result.newText === undefined) throw new Error('The engine reported a fix without its text.');
        await this.setPending({ uri, baseText, newText: result.newText });
        await this.preview();
        break;
      case 'not-fixed':
        tell('info', summarise(result), [showTrace, openSetting('unmask.fix.budget')]);
        break;
      case 'no-failing-test':
        tell('info', summarise(result), [openSetting('unmask.fix.testCommand')]);
        break;
      case 'error':
        tell('error', summarise(result), [showTrace, openSetting('unmask.fix.testCommand')]);
        break;
    }
    return result.status;
  }

  private async setPending(fix: PendingFix | undefined): Promise<void> {
    if (this.pendingFix === fix) return;
    this.pendingFix = fix;
    this.changed.fire();
    await vscode.commands.executeCommand('setContext', 'unmask.fixPending', fix !== undefined);
    if (fix === undefined) await this.documents.closeDiff();
  }

  private setRunning(controller: AbortController | undefined): void {
    this.running = controller;
    void vscode.commands.executeCommand('setContext', 'unmask.fixRunning', controller !== undefined);
  }
}

function needsTrust(): string {
  return vscode.l10n.t("Reason and Fix runs the workspace's tests, so it works only in a trusted workspace.");
}

function isRunning(): string {
  return vscode.l10n.t('Reason and Fix is already at work; one run at a time.');
}
