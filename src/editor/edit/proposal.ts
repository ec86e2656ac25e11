/** An edit that waits for the user's decision. Pure, no editor in it: what can be taken, left and moved. */
import type { EditResult } from '../../protocol/edit';
import { rebase, shiftBy, withChanges, type DocumentChange, type RegionChange, type Span } from './rebase';

export interface ProposedHunk {
  /** Stays the same while the edit waits. */
  readonly id: number;
  readonly title: string;
  /** In order, disjoint, at offsets from the region's start. */
  readonly changes: readonly RegionChange[];
}

export interface Proposal {
  /** Where the region is in the document now. */
  readonly region: Span;
  /** What the region holds; the document must still hold it there. */
  readonly text: string;
  readonly hunks: readonly ProposedHunk[];
  readonly how: EditResult['how'];
  /** What is to be said of the edit. */
  readonly message: string;
}

/** The proposal of a result that was computed on `text`. */
export function proposalOf(result: EditResult, text: string): Proposal {
  const { start, end } = result.range;
  return {
    region: { start, end },
    text: text.slice(start, end),
    hunks: result.hunks.map(({ title, changes }, id) => ({
      id,
      title,
      changes: changes.map((c) => ({ start: c.start - start, end: c.end - start, text: c.text })),
    })),
    how: result.how,
    message: result.message,
  };
}

/** The proposal after changes of its document; undefined where one of them touched its region. */
export function moved(proposal: Proposal, changes: readonly DocumentChange[]): Proposal | undefined {
  const region = rebase(proposal.region, changes);
  return region && { ...proposal, region };
}

/** What is left to decide when some hunks were taken: their text is in the region now. */
export function accepted(proposal: Proposal, taken: readonly ProposedHunk[]): Proposal {
  const made = taken.flatMap((hunk) => hunk.changes);
  const text = withChanges(proposal.text, made);
  return {
    ...proposal,
    text,
    region: { start: proposal.region.start, end: proposal.region.start + text.length },
    hunks: without(proposal, taken).map((hunk) => ({ ...hunk, changes: shiftBy(hunk.changes, made) })),
  };
}

/** What is left to decide when some hunks were turned down. */
export function rejected(proposal: Proposal, some: readonly ProposedHunk[]): Proposal {
  return { ...proposal, hunks: without(proposal, some) };
}

function without(proposal: Proposal, some: readonly ProposedHunk[]): ProposedHunk[] {
  return proposal.hunks.filter((hunk) => !some.some(({ id }) => id === hunk.id));
}

/** The changes of hunks at offsets of the document. */
export function inDocument({ region }: Proposal, hunks: readonly ProposedHunk[]): RegionChange[] {
  return hunks
    .flatMap((hunk) => hunk.changes)
    .map(({ start, end, text }) => ({ start: start + region.start, end: end + region.start, text }));
}

/** The hunk that an offset of the document is in or beside, by whole lines where nothing is nearer. */
export function hunkAt(proposal: Proposal, line: (offset: number) => number, offset: number): ProposedHunk | undefined {
  const at = offset - proposal.region.start;
  const inside = proposal.hunks.find((hunk) => hunk.changes.some((c) => at >= c.start && at <= c.end));
  if (inside) return inside;
  const here = line(offset);
  const lineOf = (relative: number): number => line(relative + proposal.region.start);
  return proposal.hunks.find((hunk) => hunk.changes.some((c) => lineOf(c.start) <= here && here <= lineOf(c.end)));
}
