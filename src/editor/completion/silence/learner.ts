import * as vscode from 'vscode';
import type { CompletionSettings } from '../../engine/settings';
import type { Place } from '../reuse';
import { explores, silenceBelow, type Outcome } from './calibration';

const key = 'completion.outcomes';
/** Outcomes that are kept, the newest; a confidence, a yes or no and a day each, nothing of the code. */
const kept = 400;
const dayMs = 24 * 3_600_000;

type Stored = readonly [confidence: number, taken: 0 | 1, day: number];

/** What was taken and what was not, kept on this machine, and what follows from it for what is offered next. */
export class SilenceLearner {
  private outcomes: Outcome[];
  private threshold: number;

  constructor(
    private readonly memory: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.outcomes = memory
      .get<readonly Stored[]>(key, [])
      .map(([confidence, taken, day]) => ({ confidence, taken: taken === 1, at: day * dayMs }));
    this.threshold = silenceBelow(this.outcomes, Date.now());
  }

  /** The least confidence at which something is offered at a place: the user's own limit, or a higher one that was learned. */
  minConfidence({ minConfidence, learnedSilence }: CompletionSettings, place: Place): number {
    return !learnedSilence || explores(place) ? minConfidence : Math.max(minConfidence, this.threshold);
  }

  /** Something was offered unasked, and taken or not. */
  learn(confidence: number, taken: boolean): void {
    this.outcomes = [...this.outcomes, { confidence, taken, at: Date.now() }].slice(-kept);
    this.update();
    this.log.debug(
      `Completion ${taken ? 'taken' : 'left'} at confidence ${confidence.toFixed(2)}: silence below ${this.threshold.toFixed(2)} from ${this.outcomes.length} outcomes`,
    );
  }

  forget(): void {
    this.outcomes = [];
    this.update();
  }

  private update(): void {
    this.threshold = silenceBelow(this.outcomes, Date.now());
    const stored = this.outcomes.map(({ confidence, taken, at }): Stored => [
      Math.round(confidence * 100) / 100,
      taken ? 1 : 0,
      Math.floor(at / dayMs),
    ]);
    void this.memory.update(key, stored);
  }
}

/** Registers the command that makes Unmask forget it. */
export function registerForgetting(learner: SilenceLearner, onForgotten: () => void): vscode.Disposable {
  return vscode.commands.registerCommand('unmask.forgetSilence', () => {
    learner.forget();
    onForgotten();
    vscode.window.setStatusBarMessage(vscode.l10n.t('Unmask: what was learned about ghost text is forgotten'), 3_000);
  });
}
