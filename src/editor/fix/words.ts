import * as vscode from 'vscode';
import type { FixResult } from '../../protocol/messages';
import type { TraceWords } from './trace-markdown';

/** The words of the reasoning view. */
export function traceWords(): TraceWords {
  const { t } = vscode.l10n;
  return {
    headings: {
      failure: t('What fails'),
      suspect: t('Where the fault may be'),
      propose: t('What was tried'),
      attempt: t('What was tried'),
      evidence: t('What the attempts showed'),
      choice: t('Why this fix'),
      proof: t('Proof'),
      note: t('Notes'),
    },
    title: (file) => t('Reason and Fix: {0}', file),
    running: t('Working. Cancel in the notification, or with the command "Unmask: Cancel the Running Fix".'),
    cancelled: t('Cancelled. Nothing was changed.'),
    summary: summarise,
    change: t('The change'),
    alternatives: t('Other changes that also pass every test'),
    line: (line) => t('line {0}', line),
  };
}

/** One sentence on how a run ended. */
export function summarise(result: FixResult): string {
  const { t } = vscode.l10n;
  const seconds = result.seconds.toFixed(1);
  switch (result.status) {
    case 'fixed': {
      const source = result.source === 'model' ? t('proposed by the model') : t('found by mutation');
      const fixed = t('Fixed in {0} s, {1}: what failed passes, and nothing else broke.', seconds, source);
      const sure = result.confidence === undefined ? '' : ` ${t('Certainty {0}%.', Math.round(result.confidence * 100))}`;
      return `${fixed}${sure} ${t('{0} candidates tried.', result.candidatesTried)}`;
    }
    case 'not-fixed':
      return t(
        'No fix found in {0} s: {1} candidates tried, none passes every test. Nothing was changed.',
        seconds,
        result.candidatesTried,
      );
    case 'no-failing-test':
      return t('No test fails, so there is nothing to fix.');
    case 'error':
      return result.error ?? t('The run failed. Nothing was changed.');
  }
}
