/**
 * A proofreader as a policy: its action is one correction of the text, or none. One pass gives the odds of all actions, a correction's being the probability of its label over that
 * of the token as it stands; this is d1's one-step estimate (arXiv 2504.12216, section 3.1) of a completion that is the text again, but for one label. Advantages of a group add
 * up to zero, so that the odds' sum drops out of the gradient.
 */
import type { Correction, LabelRow } from '../../../diffusion/proofread';
import type { StructureTokens } from '../../../diffusion/variable-length';
import type { CodeTokenizer } from '../../../model/tokenizer';
import type { Batch } from '../../batch';
import type { Random } from '../../random';
import { labelBatches, LabelWeights } from './label-batches';

/** Null: the text is left as it is. */
export type Action = Correction | null;

/** Labels that an action can carry out: `expand` alone says not what is missing. */
export function isAction(tokenizer: CodeTokenizer, structure: Pick<StructureTokens, 'delete'>): (label: number) => boolean {
  return (label) => label === structure.delete || tokenizer.isText(label);
}

/** Draws actions from the odds to the power of 1/temperature, among the likeliest labels of each token. `rows`: one for each of the tokens. */
export function drawActions(
  tokens: readonly number[],
  rows: readonly LabelRow[],
  o: { readonly count: number; readonly temperature: number; readonly allowed: (label: number) => boolean },
  random: Random,
): Action[] {
  const odds = actionOdds(tokens, rows, o.allowed);
  const weights = odds.map(({ gain }) => Math.exp(gain / o.temperature));
  const total = weights.reduce((a, b) => a + b, 0);
  return Array.from({ length: o.count }, () => {
    let u = random.uniform() * total;
    return odds[weights.findIndex((w) => (u -= w) < 0)]?.action ?? null;
  });
}

/** Actions with their log odds against leaving the text (which is among them, at 0), most likely first. */
export function actionOdds(
  tokens: readonly number[],
  rows: readonly LabelRow[],
  allowed: (label: number) => boolean,
): { readonly action: Action; readonly gain: number }[] {
  const found: { action: Action; gain: number }[] = [{ action: null, gain: 0 }];
  rows.forEach((row, at) => {
    const stays = row.logp(tokens[at]!);
    for (const label of row.best)
      if (label !== tokens[at] && allowed(label)) found.push({ action: { at, label }, gain: row.logp(label) - stays });
  });
  return found.sort((a, b) => b.gain - a.gain);
}

/** The tokens after an action. */
export function afterAction(tokens: readonly number[], action: Action, deleteToken: number): number[] {
  if (!action) return [...tokens];
  return tokens.flatMap((token, at) => (at !== action.at ? [token] : action.label === deleteToken ? [] : [action.label]));
}

export interface ActionGroup {
  readonly tokens: readonly number[];
  readonly actions: readonly Action[];
  /** One an action; they add up to zero. */
  readonly advantages: readonly number[];
}

/** Loss = minus the mean over all actions of advantage times log odds. */
export function policyBatches(
  groups: readonly ActionGroup[],
  o: { readonly atOnce: number; readonly endToken: number },
): Batch[] {
  const count = groups.reduce((n, g) => n + g.actions.length, 0);
  const texts = groups.map(({ tokens, actions, advantages }) => {
    const weights = new LabelWeights(tokens);
    actions.forEach((action, k) => {
      if (action) weights.add([action], advantages[k]! / count);
    });
    return { tokens, rows: weights.rows() };
  });
  return labelBatches(
    texts.filter(({ rows }) => rows.length > 0),
    o,
  );
}
