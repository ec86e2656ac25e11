/** What authors' own changes teach: a function before the change is a text with a mistake in it. */
import { correctionsOf } from '../../diffusion/proofread';
import type { ProofreadExample } from '../objectives/proofread';
import type { Random } from '../random';
import type { AuthorChange } from '../tasks/histories/author-changes';
import type { ProofreadTools } from './proofread/examples';
import { rankingOf, type RankingExample } from './ranking/examples';

/** Corrections of a change that is small. */
const most = 16;
/** Changes looked at before giving up: few of them are what one mutation could do. */
const attempts = 12;

export class AuthorLessons {
  private readonly proofreads: (ProofreadExample | null | undefined)[] = [];
  private readonly rankings: (RankingExample | null | undefined)[] = [];

  constructor(
    private readonly changes: readonly AuthorChange[],
    private readonly length: number,
    private readonly tools: ProofreadTools,
  ) {}

  /** A function before its author changed it, and the change. Null where none that fits is found. */
  proofread(random: Random): ProofreadExample | null {
    return this.found(random, this.proofreads, ({ before, after }) => {
      const tokens = this.tools.encode(before);
      if (tokens.length > this.length) return null;
      const corrections = correctionsOf(tokens, this.tools.encode(after), this.tools.structure);
      return corrections.length > 0 && corrections.length <= most ? { tokens, corrections } : null;
    });
  }

  /** Of those that one change by mutation makes: that among all such changes. Null where none is found. */
  ranking(random: Random): RankingExample | null {
    return this.found(random, this.rankings, ({ path, before, after }) =>
      rankingOf({ fileName: path, broken: before, text: after }, this.length, this.tools, random),
    );
  }

  /** Each is made once: what can't be made of a change can't be made of it later. */
  private found<T>(random: Random, known: (T | null | undefined)[], make: (change: AuthorChange) => T | null): T | null {
    for (let attempt = 0; attempt < attempts && this.changes.length > 0; attempt++) {
      const at = random.below(this.changes.length);
      if (known[at] === undefined) known[at] = make(this.changes[at]!);
      const example = known[at];
      if (example) return example;
    }
    return null;
  }
}
