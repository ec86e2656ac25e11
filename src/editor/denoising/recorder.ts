import path from 'node:path';
import * as vscode from 'vscode';
import type { DenoisingRecord } from '../../protocol/denoising-record';
import type { CompleteResult } from '../../protocol/messages';
import type { EngineService } from '../engine/engine-service';
import { RunRing } from './ring';
import type { DenoisingRun } from './run';

/** How many runs can be looked at again. */
const capacity = 20;

/**
 * Keeps the last runs for the denoising view. Features ask `wanted` before they ask the engine for records: while the view is closed
 * nothing is recorded, so that typing costs nothing.
 */
export class DenoisingRecorder implements vscode.Disposable {
  private readonly ring = new RunRing(capacity);
  private readonly added = new vscode.EventEmitter<DenoisingRun>();
  readonly onDidAdd = this.added.event;
  /** True while the view is open. */
  wanted = false;

  constructor(private readonly engine: EngineService) {}

  get runs(): readonly DenoisingRun[] {
    return this.ring.runs;
  }

  /** Takes one run in; `line` counts from 0, and is absent where it is not known. */
  add(run: {
    readonly kind: DenoisingRun['kind'];
    readonly uri: vscode.Uri;
    readonly line?: number;
    readonly outcome: string;
    readonly record: DenoisingRecord;
  }): void {
    const { kind, uri, line, outcome, record } = run;
    const place = `${path.posix.basename(uri.path)}${line === undefined ? '' : `:${line + 1}`}`;
    const model = this.engine.status.info?.model?.id ?? vscode.l10n.t('no model');
    this.added.fire(this.ring.add({ kind, place, outcome, at: Date.now(), model, record }));
  }

  /** Takes in a completion that was recorded; `line` counts from 0. */
  addCompletion(uri: vscode.Uri, line: number, result: CompleteResult): void {
    if (!result.record) return;
    const sure = `${Math.round(result.confidence * 100)}%`;
    const outcome =
      result.text === null
        ? vscode.l10n.t('silent, {0}', result.silence ?? vscode.l10n.t('nothing to offer'))
        : vscode.l10n.t('offered, {0} sure', sure);
    this.add({ kind: 'completion', uri, line, outcome, record: result.record });
  }

  /** Takes in one of a fix's infills; what becomes of it only the tests will tell. */
  addFixInfill(document: vscode.TextDocument, record: DenoisingRecord): void {
    const { line } = document.positionAt(record.steps[0]!.range.end);
    this.add({ kind: 'fix', uri: document.uri, line, outcome: vscode.l10n.t('a candidate'), record });
  }

  dispose(): void {
    this.ring.clear();
    this.added.dispose();
  }
}
