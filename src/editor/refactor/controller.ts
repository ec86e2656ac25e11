import * as vscode from 'vscode';
import type { RefactorOffer, RefactorParams, RefactorResult, RefactorScope } from '../../protocol/refactor';
import { askInstruction } from '../edit/box';
import { historyFrom, remember } from '../edit/choices';
import type { EngineService } from '../engine/engine-service';
import { readFixSettings } from '../engine/settings';
import { unsavedTexts } from '../fix/request';
import { languages } from '../languages';
import { openSetting, tell, tellFailure } from '../notify';
import { withProgress } from '../progress';
import { applyRefactoring } from './apply';

/** How a call of the command ended; other extensions and key bindings may chain on it. */
export type RefactorOutcome = RefactorResult['status'] | 'cancelled' | 'discarded' | 'stale' | 'error';

const historyKey = 'unmask.refactor.history';

/** What the command may be called with, in place of questions: `{ instruction, action, scope, preview }`. */
interface Argument {
  readonly instruction?: string;
  readonly action?: string;
  readonly scope?: RefactorScope;
  /** False: apply without VS Code's preview. */
  readonly preview: boolean;
}

interface Asked {
  readonly instruction?: string;
  readonly action?: string;
  readonly scope: RefactorScope;
}

/** Runs one refactoring at a time: asks what and where, has it checked, and shows it in the preview. */
export class RefactorController implements vscode.Disposable {
  private running: AbortController | undefined;

  constructor(
    private readonly engine: EngineService,
    private readonly memory: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** The command. */
  async refactor(raw: unknown): Promise<RefactorOutcome> {
    const editor = vscode.window.activeTextEditor;
    if (!editor || !languages.includes(editor.document.languageId) || editor.document.uri.scheme !== 'file') {
      tell('warning', vscode.l10n.t('Open a JavaScript or TypeScript file that is on disk: a refactoring may reach others.'));
      return 'refused';
    }
    if (this.running) {
      const cancel = { title: vscode.l10n.t('Cancel It'), command: 'unmask.cancelRefactor' };
      tell('info', vscode.l10n.t('A refactoring is at work already; one at a time.'), [cancel]);
      return 'refused';
    }
    const argument = argumentOf(raw);
    const { document, selection } = editor;
    const target = {
      file: document.uri.fsPath,
      range: { start: document.offsetAt(selection.start), end: document.offsetAt(selection.end) },
      overlays: unsavedTexts(document),
    };
    const asked = isComplete(argument) ? argument : await this.ask(target, selection.isEmpty, argument);
    if (!asked) return 'cancelled';
    const { budget, testCommand } = readFixSettings(document);
    const params: RefactorParams = {
      ...target,
      ...{ instruction: asked.instruction ?? '', scope: asked.scope, budget },
      ...(asked.action !== undefined && { action: asked.action }),
      // Nothing of a workspace runs that the user does not trust; parser and checker only read it.
      tests: vscode.workspace.isTrusted,
      ...(testCommand !== undefined && { testCommand }),
    };
    return this.run(params, { ...asked, preview: argument.preview });
  }

  cancel(): void {
    this.running?.abort();
  }

  dispose(): void {
    this.running?.abort();
  }

  private async run(params: RefactorParams, argument: Argument): Promise<RefactorOutcome> {
    const abort = new AbortController();
    this.setRunning(abort);
    let result: RefactorResult;
    try {
      result = await withProgress(vscode.l10n.t('Unmask: Refactor'), abort, (report) =>
        this.engine.request((client) =>
          client.refactor(params, {
            signal: abort.signal,
            // How much of the budget is gone says nothing of how far the work is.
            onProgress: ({ message }) => {
              report({ message });
            },
          }),
        ),
      );
    } catch (error) {
      if (abort.signal.aborted) return 'cancelled';
      tellFailure(error, this.log, { title: vscode.l10n.t('Try Again'), command: 'unmask.refactor', args: [argument] });
      return 'error';
    } finally {
      this.setRunning(undefined);
    }
    this.log.info(`Refactor of ${params.file}: ${result.status}, ${result.how}, ${result.files.length} files, ${result.rounds} rounds, ${result.testsRun} test runs, ${result.seconds.toFixed(1)} s.`); // prettier-ignore
    for (const { at, text } of result.trace) this.log.debug(`${at.toFixed(1)} s: ${text}`);
    if (result.status !== 'refactored') {
      tellNothing(result, argument);
      return result.status;
    }
    // Before the preview, which stays until it is decided: what was proved and what was not has to be read first.
    if (argument.preview) tell('info', result.message);
    const applied = await applyRefactoring(result, argument);
    if (typeof applied === 'string') {
      tell('warning', applied, [{ title: vscode.l10n.t('Refactor Again'), command: 'unmask.refactor', args: [argument] }]);
      return 'stale';
    }
    if (!applied) return 'discarded';
    vscode.window.setStatusBarMessage(vscode.l10n.t('Unmask: refactored; one Undo takes it back'), 5_000);
    return 'refactored';
  }

  private async ask(
    target: { file: string; range: { start: number; end: number }; overlays: Record<string, string> },
    nothingSelected: boolean,
    known: Argument,
  ): Promise<Asked | undefined> {
    const abort = new AbortController();
    const offers = this.engine.request((client) => client.refactorOffers(target, { signal: abort.signal }), { quiet: true });
    const actions = new Map<string, RefactorOffer>();
    const shown = offers.then((found) => {
      for (const offer of found.offers) actions.set(offer.title, offer);
      return found.offers.map(({ title, places, action }) => ({ kind: action ?? '', instruction: title, places }));
    });
    let instruction = known.instruction;
    try {
      instruction ??= await askInstruction(vscode.l10n.t('Unmask: Refactor'), historyFrom(this.memory.get(historyKey)), shown);
    } finally {
      abort.abort();
      offers.catch(() => undefined); // what went wrong is told where the refactoring itself is asked for
    }
    if (instruction === undefined) return undefined;
    await this.memory.update(historyKey, remember(historyFrom(this.memory.get(historyKey)), instruction));
    const action = known.action ?? actions.get(instruction)?.action;
    // A rename goes wherever the name is used, and an action is about the selection: there is nothing to ask.
    const scope =
      known.scope ??
      (action !== undefined || /^\s*renam/i.test(instruction) ? 'file' : await askScope(nothingSelected ? 'file' : 'selection'));
    return scope && { instruction, scope, ...(action !== undefined && { action }) };
  }

  private setRunning(abort: AbortController | undefined): void {
    this.running = abort;
    void vscode.commands.executeCommand('setContext', 'unmask.refactorRunning', abort !== undefined);
  }
}

function isComplete(argument: Argument): argument is Argument & Asked {
  return argument.scope !== undefined && (argument.instruction !== undefined || argument.action !== undefined);
}

function argumentOf(raw: unknown): Argument {
  const given = (typeof raw === 'object' && raw !== null ? raw : {}) as Readonly<Record<string, unknown>>;
  const text = (name: string): string | undefined => (typeof given[name] === 'string' ? given[name] : undefined);
  const [instruction, action, scope] = [text('instruction'), text('action'), text('scope')];
  return {
    ...(instruction !== undefined && { instruction }),
    ...(action !== undefined && { action }),
    ...((scope === 'selection' || scope === 'file' || scope === 'references') && { scope }),
    preview: given['preview'] !== false,
  };
}

/** Where to look; the usual answer stands first. */
async function askScope(first: 'selection' | 'file'): Promise<RefactorScope | undefined> {
  const selection = { label: vscode.l10n.t('$(selection) Selection'), scope: 'selection' as const };
  const file = { label: vscode.l10n.t('$(file) This file'), scope: 'file' as const };
  const references = {
    label: vscode.l10n.t('$(references) This file and those that use it'),
    description: vscode.l10n.t('of a selected name: those that use the name'),
    scope: 'references' as const,
  };
  const items = first === 'selection' ? [selection, file, references] : [file, references];
  const title = vscode.l10n.t('Unmask: Refactor where?');
  return (await vscode.window.showQuickPick(items, { title }))?.scope;
}

function tellNothing({ status, reason, message, suggestion }: RefactorResult, { scope, preview }: Argument): void {
  const wantsModel = reason === 'not-understood' || reason === 'no-model';
  const setting = wantsModel ? [openSetting('unmask.model')] : reason === 'checks' ? [openSetting('unmask.fix.budget')] : [];
  const again = { command: 'unmask.refactor', args: [{ instruction: suggestion, scope, preview }] };
  const suggested = suggestion === undefined ? [] : [{ title: suggestion, ...again }];
  tell(status === 'refused' ? 'warning' : 'info', message, [...suggested, ...setting]);
}
