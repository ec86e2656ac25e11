import * as vscode from 'vscode';
import type { ViewWords } from './messages';

/** The words of the denoising view, in the user's language. */
export function viewWordsInUse(): ViewWords {
  const { t } = vscode.l10n;
  return {
    completion: t('Completion'),
    edit: t('Edit'),
    fix: t('Fix infill'),
    step: t('Step {0} of {1}'),
    facts: t('{0} on {1} · steps: {2} · {3} ms'),
    speed: t('{0} tokens/s'),
    noSpeed: t('no tokens yet'),
    samples: t('first of {0} samples'),
    start: t('{0} masks, nothing written yet.'),
    summary: t('{0} written in this step, {1} still masked.'),
    remasked: t('{0} masked again.'),
    text: t('Canvas: {0}'),
    maskedWord: t('mask'),
    cellMasked: t('masked'),
    cellGuessed: t('masked, best guess at {0}%'),
    cellRemasked: t('masked again in this step'),
    cellNew: t('written in this step, confidence {0}%'),
    cellWritten: t('written in step {1}, confidence {0}%'),
    cellKept: t('stood here before'),
    play: t('Play'),
    pause: t('Pause'),
    newRun: t('A new run is there: {0}'),
    lineBreak: t('line break'),
    space: t('space'),
  };
}
