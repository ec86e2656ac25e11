/** Which of several candidates that pass is right: likelihood, smallness, and no tell-tale signs of fitting the tests alone. */
import type { SourceUnit } from '../source/parse';
import { tokenDistance, regionAround, applyEdits } from '../source/edits';
import type { Vocabulary } from '../source/vocabulary';
import type { Candidate } from '../types';
import { gainTerm, proofTerm } from './pool';

export interface Plausible {
  readonly candidate: Candidate;
  readonly text: string;
}

export interface Ranked extends Plausible {
  readonly score: number;
  /** Tokens that differ from the base text. */
  readonly size: number;
}

/** Operators whose results often pass for the wrong reason: they take behaviour away or write the answer down. */
const suspect: Readonly<Record<string, number>> = {
  'literal.fromTests': -1.5,
  'condition.constant': -2.5,
  'guard.always': -5,
  'statement.delete': -0.5,
  'return.literal': -1.5,
  'condition.oneBranch': -0.5,
  'literal.limit': -0.5,
};

/** Ranks candidates that passed every test, best first. */
export function rankPlausible(found: readonly Plausible[], unit: SourceUnit, vocabulary: Vocabulary): Ranked[] {
  const fromTests = new Set(vocabulary.evidence.map((e) => e.text));
  return found
    .map((item) => {
      const { candidate } = item;
      const from = Math.min(...candidate.edits.map((e) => e.start));
      const to = Math.max(...candidate.edits.map((e) => e.end));
      const region = regionAround(unit, from, to);
      const shifted = candidate.edits.map((e) => ({ start: e.start - region.start, end: e.end - region.start, text: e.text }));
      const before = unit.text.slice(region.start, region.end);
      const size = tokenDistance(unit.ts, before, applyEdits(before, shifted));
      const copied = candidate.edits.some(
        (e) => literalOf(e.text, fromTests) && !vocabulary.numbers.has(e.text) && !vocabulary.strings.has(e.text),
      );
      const score =
        candidate.base +
        gainTerm(candidate) +
        proofTerm(candidate) -
        0.1 * Math.min(size, 80) -
        1.5 * candidate.generation -
        (candidate.edits.length > 1 ? 0.3 : 0) +
        (suspect[candidate.operator] ?? 0) -
        (copied && /\d\d|['"]\w{2}/.test(candidate.edits.map((e) => e.text).join(' ')) ? 1.5 : 0);
      return { ...item, score, size };
    })
    .sort((a, b) => b.score - a.score || a.size - b.size || a.candidate.id - b.candidate.id);
}

function literalOf(text: string, values: ReadonlySet<string>): boolean {
  return (text.match(/'[^']*'|"[^"]*"|-?\d+(?:\.\d+)?/g) ?? []).some((t) => values.has(t));
}

/** 0..1: the winner's share among those that passed, less where few tests could object. */
export function confidenceOf(ranked: readonly Ranked[], tests: number): number {
  const best = ranked[0];
  if (!best) return 0;
  const weights = ranked.map((r) => Math.exp((r.score - best.score) / 1.5));
  const share = 1 / weights.reduce((sum, w) => sum + w, 0);
  return Math.round(share * (1 - 0.5 * Math.exp(-tests / 5)) * 1000) / 1000;
}
