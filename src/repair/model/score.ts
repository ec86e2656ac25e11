/** Log-likelihood ratios for candidates that wait: the new text of a node against its old text, both fully masked in place. */
import type { CandidateScore, CodeModel, RunControl } from '../../diffusion/code-model';
import type { CandidatePool } from '../search/pool';
import type { Edit } from '../source/edits';
import { applyEdits, minimal } from '../source/edits';
import type { SourceUnit } from '../source/parse';
import type { Candidate } from '../types';

/** What a token costs on average: a longer text is not less likely for being longer. */
const costPerToken = 2.2;
/** Longer spans are more noise than signal, and cost more. */
const longest = 160;

interface Group {
  readonly start: number;
  readonly end: number;
  readonly members: { candidate: Candidate; text: string }[];
}

/** The stretch that a candidate really changes, and its new text there. */
export function stretch(unit: SourceUnit, { edits }: Pick<Candidate, 'edits'>): Edit {
  const start = Math.min(...edits.map((e) => e.start));
  const end = Math.max(...edits.map((e) => e.end));
  const shifted = edits.map((e) => ({ start: e.start - start, end: e.end - start, text: e.text }));
  return minimal(unit.text, { start, end, text: applyEdits(unit.text.slice(start, end), shifted) });
}

/** Candidates that change the same stretch share a context and its forwards. */
function groups(unit: SourceUnit, candidates: readonly Candidate[]): Group[] {
  const out = new Map<string, Group>();
  for (const candidate of candidates) {
    if (candidate.modelGain !== undefined) continue;
    const edit = stretch(unit, candidate);
    if (edit.end - edit.start > longest || edit.text.length > longest) continue;
    const key = `${edit.start}:${edit.end}`;
    const group = out.get(key) ?? { start: edit.start, end: edit.end, members: [] };
    group.members.push({ candidate, text: edit.text });
    out.set(key, group);
  }
  return [...out.values()];
}

/** How much likelier a text is than the one that stands in its place, lengths weighed off; nats. */
export function gainOf(old: CandidateScore, own: CandidateScore): number {
  return own.logp - old.logp + costPerToken * (own.tokens - old.tokens);
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
    // The old text may be empty (an insertion): the model then scores what stands beside it, which cancels out.
    const [base, ...own] = await model.score({ prefix, suffix, candidates: [old, ...group.members.map((m) => m.text)] }, control);
    if (!base) continue;
    group.members.forEach(({ candidate }, i) => {
      const score = own[i];
      if (!score || !Number.isFinite(score.logp) || !Number.isFinite(base.logp)) return;
      pool.setGain(candidate, gainOf(base, score), score.tokens - base.tokens);
      scored += 1;
    });
  }
  return scored;
}
