/** Doubt by token: a localiser, one-token candidates, and a rank for every candidate that replaces one token. */
import type { CodeModel, RunControl, TokenSurprise } from '../../diffusion/code-model';
import { brief, codeAt } from '../report/describe';
import type { CandidatePool } from '../search/pool';
import type { SourceUnit } from '../source/parse';
import { lineOf } from '../source/parse';
import type { Candidate, Proposal } from '../types';
import type { Region } from './regions';
import { stretch } from './score';

export interface SurpriseFindings {
  readonly tokens: readonly TokenSurprise[];
  readonly proposals: readonly Proposal[];
  readonly doubtful: { readonly text: string; readonly line: number } | undefined;
  /** Gives candidates that replace one of these tokens their gain. */
  rank(pool: CandidatePool): void;
}

/** Gain per nat of a one-token alternative beyond this counts as a reason to propose it. */
const worthTrying = -2.5;

/** Asks the model about one region by hiding tokens. */
export async function readSurprise(
  model: CodeModel,
  unit: SourceUnit,
  region: Region,
  control: RunControl,
): Promise<SurpriseFindings> {
  const tokens = await model.surprise({ text: unit.text, start: region.start, end: region.end }, control);
  return { ...findingsOf(unit, tokens), rank: (pool) => { rankByToken(model, unit, tokens, pool); } }; // prettier-ignore
}

/** What a model that proofreads says of one region, and of these candidates, as far as they are there. */
export async function readProof(
  model: Required<Pick<CodeModel, 'proofread'>>,
  unit: SourceUnit,
  region: Region,
  candidates: readonly Candidate[],
  control: RunControl,
): Promise<SurpriseFindings> {
  const { start, end } = region;
  const judged = candidates.map((candidate) => ({ candidate, edit: stretch(unit, candidate) }));
  const inside = judged.filter(({ edit }) => edit.start >= start && edit.end <= end);
  const changes = inside.map(({ edit }) => edit);
  const { tokens, gains } = await model.proofread({ text: unit.text, start, end, changes }, control);
  return {
    ...findingsOf(unit, tokens),
    rank(pool) {
      inside.forEach(({ candidate }, i) => {
        const gain = gains[i] ?? null;
        if (gain !== null) pool.setProof(candidate, gain);
      });
    },
  };
}

/** Proposals, and the most doubtful place. */
function findingsOf(unit: SourceUnit, tokens: readonly TokenSurprise[]): Omit<SurpriseFindings, 'rank'> {
  const proposals: Proposal[] = [];
  for (const token of tokens) {
    const { start, end } = trimmed(unit.text, token.start, token.end);
    for (const alternative of token.alternatives) {
      const gain = alternative.logp - token.logp;
      if (gain < worthTrying || alternative.text === unit.text.slice(token.start, token.end)) continue;
      if (alternative.text.trim() === unit.text.slice(start, end)) continue;
      proposals.push({
        edits: [{ start: token.start, end: token.end, text: alternative.text }],
        operator: 'model.alternative',
        delta: Math.max(-2, Math.min(2, gain * 0.25)),
        source: 'model',
        start: start < end ? start : token.start,
        end: token.end,
      });
    }
  }
  const worst = [...tokens].sort((a, b) => a.logp - b.logp)[0];
  const better = worst?.alternatives[0];
  const doubtful =
    worst && better && worst.logp < -5
      ? {
          text: `The model is most surprised by \`${brief(unit.text.slice(worst.start, worst.end), 30)}\` in \`${codeAt(unit, worst.end - 1)}\` (log p ${worst.logp.toFixed(1)}); it would sooner see \`${brief(better.text, 30)}\` (${better.logp.toFixed(1)}).`,
          line: lineOf(unit, worst.end - 1),
        }
      : undefined;
  return { tokens, proposals, doubtful };
}

/** Gives candidates that replace one of these tokens their gain. */
function rankByToken(model: CodeModel, unit: SourceUnit, tokens: readonly TokenSurprise[], pool: CandidatePool): void {
  const byPlace = new Map<string, TokenSurprise>();
  for (const token of tokens) {
    const { start, end } = trimmed(unit.text, token.start, token.end);
    if (start < end) byPlace.set(`${start}:${end}`, token);
  }
  for (const candidate of pool.peek(pool.size)) {
    const edit = candidate.edits[0];
    if (candidate.edits.length !== 1 || !edit || candidate.modelGain !== undefined) continue;
    const place = trimmed(unit.text, edit.start, edit.end);
    const token = byPlace.get(`${place.start}:${place.end}`);
    if (!token || model.countTokens(edit.text) > 1) continue;
    const same = token.alternatives.find((a) => a.text.trim() === edit.text.trim());
    const floor = Math.min(...token.alternatives.map((a) => a.logp), token.logp) - 1;
    pool.setGain(candidate, (same?.logp ?? floor) - token.logp);
  }
}

function trimmed(text: string, start: number, end: number): { start: number; end: number } {
  let from = start;
  let to = end;
  while (from < to && /\s/.test(text[from]!)) from += 1;
  while (to > from && /\s/.test(text[to - 1]!)) to -= 1;
  return { start: from, end: to };
}
