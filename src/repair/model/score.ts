/** Log-likelihood ratios for candidates that wait: the new text of a node against its old text, both fully masked in place. */
import type { CodeModel, RunControl } from '../../diffusion/code-model';
import type { CandidatePool } from '../search/pool';
import { applyEdits } from '../source/edits';
import type { SourceUnit } from '../source/parse';
import type { Candidate } from '../types';

/** What a token costs on average: a longer text is not less right for being longer. */
const costPerToken = 2.2;
/** Longer spans are more noise than signal, and cost more. */
const longest = 160;

interface Group {
  readonly start: number;
  readonly end: number;
  readonly members: { candidate: Candidate; text: string }[];
}

function groups(unit: SourceUnit, candidates: readonly Candidate[]): Group[] {
  const out = new Map<string, Group>();
  for (const candidate of candidates) {
    if (candidate.modelGain !== undefined) continue;
    const start = Math.min(candidate.start, ...candidate.edits.map((e) => e.start));
    let end = Math.max(...candidate.edits.map((e) => e.end));
    // An insertion is judged by itself; a replacement with the node it changes.
    const insertion = candidate.edits.length === 1 && candidate.edits[0]!.start === candidate.edits[0]!.end;
    const from = insertion ? candidate.edits[0]!.start : start;
    if (!insertion) end = Math.max(end, candidate.end);
    if (end - from > longest) continue;
    const shifted = candidate.edits.map((e) => ({ start: e.start - from, end: e.end - from, text: e.text }));
    const text = applyEdits(unit.text.slice(from, end), shifted);
    const key = `${from}:${end}`;
    const group = out.get(key) ?? { start: from, end, members: [] };
    group.members.push({ candidate, text });
    out.set(key, group);
  }
  return [...out.values()];
}

/** Scores candidates that have no gain yet; returns how many it scored. */
export async function scoreCandidates(
  model: CodeModel,
  unit: SourceUnit,
  pool: CandidatePool,
  candidates: readonly Candidate[],
  control: RunControl,
): Promise<number> {
  let scored = 0;
  for (const group of groups(unit, candidates)) {
    const old = unit.text.slice(group.start, group.end);
    const prefix = unit.text.slice(0, group.start);
    const suffix = unit.text.slice(group.end);
    const texts = [...(old.trim() === '' ? [] : [old]), ...group.members.map((m) => m.text)];
    const scores = await model.score({ prefix, suffix, candidates: texts }, control);
    const base = old.trim() === '' ? { logp: 0, tokens: 0 } : scores[0]!;
    const own = old.trim() === '' ? scores : scores.slice(1);
    group.members.forEach(({ candidate }, i) => {
      const score = own[i];
      if (!score) return;
      pool.setGain(candidate, score.logp - base.logp + costPerToken * (score.tokens - base.tokens));
      scored += 1;
    });
  }
  return scored;
}
