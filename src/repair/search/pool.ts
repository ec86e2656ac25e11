/** All candidates in one priority order, whoever proposed them. */
import type { Suspicion } from '../localise/suspicion';
import { priorOf } from '../propose/priors';
import type { Edit } from '../source/edits';
import { applyEdits, candidateKey, disjoint, regionAround } from '../source/edits';
import type { SourceUnit } from '../source/parse';
import { parseSource, syntaxErrors } from '../source/parse';
import { countingEdits, counterCode, withCounting } from '../source/rounds';
import type { Candidate, Proposal } from '../types';
import { Order } from './order';

/** Weight of log(suspicion) in the priority. */
export const suspicionWeight = 1.5;
/**
 * The model's log-likelihood ratio in the priority: its weight, the nats beyond which it says no more, and what a token more or less costs. It is a better judge of
 * what is wrong than of what is right. Of a few values each, what put the right change of 139 mistakes in training packages nearest to the front (docs/pretraining.md).
 */
const opinion = { weight: 0.15, against: -12, inFavour: 5, perTokenMore: 0.45, perTokenLess: 0.1 } as const;

/** The same of a proofreader's, chosen the same way. */
const proof = { weight: 0.3, against: -5, inFavour: 8 } as const;

/** What a proofreader's opinion adds to a priority. */
export function proofTerm({ proofGain }: Pick<Candidate, 'proofGain'>): number {
  return proofGain === undefined ? 0 : proof.weight * clamp(proofGain, proof.against, proof.inFavour);
}

/**
 * What the model's opinion adds to a priority. It likes its own proposals, that is how they were found: for those it can only speak against them.
 */
export function gainTerm({
  modelGain = 0,
  tokensAdded = 0,
  source,
}: Pick<Candidate, 'modelGain' | 'tokensAdded' | 'source'>): number {
  const gain = clamp(modelGain, opinion.against, source === 'model' ? 0 : opinion.inFavour);
  const length = tokensAdded > 0 ? opinion.perTokenMore * tokensAdded : opinion.perTokenLess * -tokensAdded;
  return opinion.weight * gain - length;
}

/** Of so many turns one is the search's own. More often costs mistakes like those that the model was taught, less often those that it misjudges: see docs/pretraining.md. */
const modelTurns = 4;

export interface PoolOptions {
  readonly unit: SourceUnit;
  readonly suspicion: Suspicion;
  readonly boosts: ReadonlyMap<string, number>;
  /** Rounds that all loops of the file together may make in one screening run; 0: loops are not counted. */
  readonly rounds: number;
}

/** A candidate whose turn has come. */
export interface Turn {
  readonly candidate: Candidate;
  readonly text: string;
  /** The same program with loops that count their rounds, for the first screening. */
  readonly counted: string;
}

export interface PoolCounts {
  proposed: number;
  repeated: number;
  unparsable: number;
}

/** Candidates waiting to be tried. Parsing and the costly part of finding repeats are put off until a candidate's turn comes. */
export class CandidatePool {
  readonly counts: PoolCounts = { proposed: 0, repeated: 0, unparsable: 0 };
  readonly #options: PoolOptions;
  readonly #seen = new Map<string, Candidate>();
  readonly #taken = new Set<string>();
  readonly #waiting = new Set<Candidate>();
  readonly #byPriority = new Order(
    (c) => c.priority,
    (c) => this.#waiting.has(c),
  );
  /** By what is known without a model. */
  readonly #byBase = new Order(
    (c) => c.base,
    (c) => this.#waiting.has(c),
  );
  /** Turns taken since a model first judged a candidate; null before. */
  #judgedTurns: number | null = null;
  #nextId = 0;

  /** Keys of the unchanged regions: the unchanged text is no candidate. */
  readonly #original = new Map<string, string>();
  #loops: Edit[] | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Adds proposals; exact repeats are dropped. `raise` is added to the priority of each. */
  add(proposals: readonly Proposal[], generation = 0, raise = 0): Candidate[] {
    const added: Candidate[] = [];
    for (const proposal of proposals) {
      this.counts.proposed += 1;
      if (proposal.edits.length === 0 || !disjoint(proposal.edits)) continue;
      const suspicion = proposal.suspicion ?? this.#options.suspicion.at(proposal.start, proposal.end);
      if (suspicion <= 0) continue;
      const base =
        suspicionWeight * Math.log(suspicion) +
        priorOf(proposal.operator) +
        proposal.delta +
        (this.#options.boosts.get(proposal.operator) ?? 0) +
        raise;
      const quick = proposal.edits.map((e) => `${e.start}:${e.end}:${e.text}`).join('|');
      const known = this.#seen.get(quick);
      if (known) {
        this.counts.repeated += 1;
        // The same change for a better reason moves forward.
        if (base > known.base) {
          known.priority += base - known.base;
          known.base = base;
          this.#moved(known);
        }
        continue;
      }
      const candidate: Candidate = { ...proposal, id: this.#nextId, suspicion, base, priority: base, generation };
      this.#nextId += 1;
      this.#seen.set(quick, candidate);
      added.push(candidate);
      this.#waiting.add(candidate);
      this.#moved(candidate);
    }
    return added;
  }

  /** Tells the pool what the model thinks of candidates. */
  setGain(candidate: Candidate, gain: number, tokensAdded = 0): void {
    candidate.modelGain = gain;
    candidate.tokensAdded = tokensAdded;
    this.#weigh(candidate);
  }

  /** Tells the pool what a proofreader thinks of a candidate. */
  setProof(candidate: Candidate, gain: number): void {
    candidate.proofGain = gain;
    this.#weigh(candidate);
  }

  /** The best `count` candidates that wait, without taking them. */
  peek(count: number): readonly Candidate[] {
    return this.#byPriority.peek(count);
  }

  /**
   * Takes the best candidate that parses and is no repeat, with its text. Each fourth is the best by what is known without the model, once it has judged some: where it is
   * wrong, the search then needs four times the candidates that it would need alone, and not any number.
   */
  next(): Turn | undefined {
    for (;;) {
      const ownTurn = this.#judgedTurns !== null && this.#judgedTurns % modelTurns === modelTurns - 1;
      const candidate = (ownTurn ? this.#byBase : this.#byPriority).pop();
      if (!candidate) return undefined;
      this.#waiting.delete(candidate);
      const turn = this.admit(candidate);
      if (!turn) continue;
      if (this.#judgedTurns !== null) this.#judgedTurns += 1;
      return turn;
    }
  }

  /** The candidate with its text; undefined where it does not parse or has been tried in another dress. */
  admit(candidate: Candidate): Turn | undefined {
    const { unit } = this.#options;
    const key = candidateKey(unit, candidate.edits);
    if (this.#taken.has(key) || key === this.#originalKey(candidate)) {
      this.counts.repeated += 1;
      return undefined;
    }
    this.#taken.add(key);
    const region = this.#region(candidate);
    const edits = candidate.edits.map((e) => ({ start: e.start - region.start, end: e.end - region.start, text: e.text }));
    const changed = parseSource(unit.ts, unit.fileName, applyEdits(unit.text.slice(region.start, region.end), edits));
    if (syntaxErrors(changed).length > 0) {
      this.counts.unparsable += 1;
      return undefined;
    }
    const text = unit.text.slice(0, region.start) + changed.text + unit.text.slice(region.end);
    return { candidate, text, counted: this.#counted(region, changed, text) };
  }

  #counted(region: { start: number; end: number }, changed: SourceUnit, text: string): string {
    const { unit, rounds } = this.#options;
    if (rounds === 0) return text;
    this.#loops ??= countingEdits(unit, unit.file);
    const before = this.#loops.filter((e) => e.end <= region.start);
    const after = this.#loops
      .filter((e) => e.start >= region.end)
      .map((e) => ({ ...e, start: e.start - region.end, end: e.end - region.end }));
    const inside = withCounting(changed);
    if (before.length + after.length === 0 && inside === changed.text) return text;
    return (
      applyEdits(unit.text.slice(0, region.start), before) +
      inside +
      applyEdits(unit.text.slice(region.end), after) +
      counterCode(rounds)
    );
  }

  #weigh(candidate: Candidate): void {
    candidate.priority = candidate.base + gainTerm(candidate) + proofTerm(candidate);
    this.#judgedTurns ??= 0;
    if (this.#waiting.has(candidate)) this.#byPriority.moved(candidate);
  }

  #moved(candidate: Candidate): void {
    if (!this.#waiting.has(candidate)) return;
    this.#byPriority.moved(candidate);
    this.#byBase.moved(candidate);
  }

  #region(candidate: Candidate): { start: number; end: number } {
    return regionAround(
      this.#options.unit,
      Math.min(...candidate.edits.map((e) => e.start)),
      Math.max(...candidate.edits.map((e) => e.end)),
    );
  }

  #originalKey(candidate: Candidate): string {
    const { unit } = this.#options;
    const region = this.#region(candidate);
    const name = `${region.start}:${region.end}`;
    let key = this.#original.get(name);
    if (key === undefined) {
      const at = Math.min(...candidate.edits.map((e) => e.start));
      const to = Math.max(...candidate.edits.map((e) => e.end));
      key = candidateKey(unit, [{ start: at, end: to, text: unit.text.slice(at, to) }]);
      this.#original.set(name, key);
    }
    return key;
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
