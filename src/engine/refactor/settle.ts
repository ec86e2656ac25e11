/** Changes against evidence: what is blamed is replaced or taken back until nothing is left to blame. */
import type { RefactorHunk } from './change';

/** Something that speaks against the changes as they are. */
export interface Evidence {
  /** For people. */
  readonly why: string;
  /** What it may be about; never empty. */
  readonly blamed: readonly RefactorHunk[];
}

/** Looks at changes, all of them made; undefined where it finds nothing against them. */
export type Judge = (hunks: readonly RefactorHunk[]) => Promise<Evidence | undefined>;

export interface Dropped {
  readonly hunk: RefactorHunk;
  readonly why: string;
}

export interface SettleOptions {
  /** Asked in this order; the later ones only where the earlier ones find nothing. */
  readonly judges: readonly Judge[];
  /** What to put in the place of a blamed hunk: another one, or nothing. */
  readonly replace: (hunk: RefactorHunk, why: string) => Promise<readonly RefactorHunk[]>;
  /** True when there is no time left for another look. */
  readonly isLate: () => boolean;
}

export interface Settled {
  /** Against which no judge has anything to say; empty where that could not be reached. */
  readonly hunks: readonly RefactorHunk[];
  readonly dropped: readonly Dropped[];
  /** Looks at the whole. */
  readonly rounds: number;
  /** The time ran out first: `hunks` is empty, whatever was left of them. */
  readonly late: boolean;
}

/** Judges, replaces or drops what is blamed, and judges again, until all judges are content or the time is over. */
export async function settle(proposed: readonly RefactorHunk[], options: SettleOptions): Promise<Settled> {
  let hunks = [...proposed];
  const dropped: Dropped[] = [];
  let rounds = 0;
  while (hunks.length > 0) {
    if (rounds > 0 && options.isLate()) return { hunks: [], dropped, rounds, late: true };
    rounds++;
    const found = await firstEvidence(options.judges, hunks);
    if (!found) return { hunks, dropped, rounds, late: false };
    const culprits = found.evidence.blamed.length === 1 ? found.evidence.blamed : await narrow(hunks, found, options);
    if (culprits.length > 1 && options.isLate()) return { hunks: [], dropped, rounds, late: true };
    for (const hunk of culprits) {
      const others = await options.replace(hunk, found.evidence.why);
      if (others.length === 0) dropped.push({ hunk, why: found.evidence.why });
      hunks = hunks.flatMap((h) => (h === hunk ? others : [h]));
    }
  }
  return { hunks: [], dropped, rounds, late: false };
}

interface Found {
  readonly evidence: Evidence;
  readonly judge: Judge;
}

async function firstEvidence(judges: readonly Judge[], hunks: readonly RefactorHunk[]): Promise<Found | undefined> {
  for (const judge of judges) {
    const evidence = await judge(hunks);
    if (evidence) return { evidence, judge };
  }
  return undefined;
}

/**
 * The one hunk with which the evidence begins, found by halving: with all before it the judge is content, with it, too, it is not. It is looked for among
 * those blamed, or among all where the others alone raise the same evidence. All of the blamed where the time is over.
 */
async function narrow(
  hunks: readonly RefactorHunk[],
  { evidence, judge }: Found,
  { isLate }: SettleOptions,
): Promise<readonly RefactorHunk[]> {
  let suspects = evidence.blamed;
  let others = hunks.filter((h) => !suspects.includes(h));
  if (isLate()) return suspects;
  if (others.length > 0 && (await judge(others))) [suspects, others] = [others, []];
  let [fine, wrong] = [0, suspects.length];
  while (wrong - fine > 1) {
    if (isLate()) return evidence.blamed;
    const middle = (fine + wrong) >> 1;
    if (await judge([...others, ...suspects.slice(0, middle)])) wrong = middle;
    else fine = middle;
  }
  return [suspects[wrong - 1]!];
}
