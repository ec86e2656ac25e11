/**
 * Block-wise denoising of a batch of canvases: LLaDA's low-confidence sampler (arXiv 2502.09992, Algorithm 5) with the parallel rules and
 * the caches of Fast-dLLM (2505.22618), and P2's remasking of written tokens (2502.03540). A canvas may hold text after the region: infill.
 */
import { topCandidates } from '../model/step-graph';
import type { KeyValueCache, RunTurn, StepModel, StepRequest, StepResult } from '../model/step-model';
import type { CopySource, Ranking } from './copying';
import { guidedResult } from './guidance';
import { drawToken } from './noise';
import { planWithRemasking, type Plan, type RemaskOptions } from './remask';
import { copiesOf, sharedStep } from './shared-forward';
import { quotas, select, type Candidate, type UnmaskRule } from './unmask-rules';

export type CacheKind = 'none' | 'prefix' | 'dual';

export interface DenoiseOptions {
  /** Token ids [batch, length], row-major, masks where tokens are wanted; not changed. */
  readonly canvas: Int32Array;
  readonly batch: number;
  /** Half-open range of positions that may change; the same for every canvas. */
  readonly region: readonly [start: number, end: number];
  readonly blockLength: number;
  readonly rule: UnmaskRule;
  readonly cache: CacheKind;
  /**
   * What the dual cache computes again. `block` (Fast-dLLM): the block in every step, everything at each block's start. `changed`: of the block only
   * rows that are masked or have just been written; written rows keep the keys and values of the step after. `once`: as `changed`, and the whole
   * canvas only in the first step of all. The latter two need batch 1. Default `block`.
   */
  readonly refresh?: 'block' | 'changed' | 'once';
  /** With the dual cache: what stands outside the region is cached already, so that the first step computes the region alone. */
  readonly context?: KeyValueCache;
  /** 0: arg-max. Otherwise Gumbel noise in float64 among the best candidates. */
  readonly temperature?: number;
  /** Uniform numbers in [0,1); needed if temperature > 0. */
  readonly random?: () => number;
  /** Added to the logits [vocabulary]: forbids tokens. */
  readonly tokenBias?: Float32Array;
  /** Classifier-free guidance scale as in LLaDA's generate.py; needs `cache: 'none'`. */
  readonly guidance?: number;
  readonly remask?: RemaskOptions;
  /** [batch, length], 1 = padding that is not attended to. */
  readonly padding?: Uint8Array;
  /** Rejects a token at a position: the next best candidate is taken. */
  readonly allow?: (position: number, token: number) => boolean;
  /** Most forwards in all; the rest of the region is then committed at once. */
  readonly maxForwards?: number;
  /** What the texts around say of a position, laid over the model's ranking. */
  readonly copies?: CopySource;
  /** Looked at after each step, with what DenoiseResult.confidence holds so far: true ends the run with masks left. */
  readonly giveUp?: (confidence: Float32Array) => boolean;
  readonly onStep?: (step: DenoiseStep) => void;
  readonly signal?: AbortSignal;
  readonly turn?: RunTurn;
}

export interface DenoiseStep {
  readonly index: number;
  readonly forward: { readonly kind: 'full' | 'prefix' | 'dual'; readonly start: number; readonly length: number };
  /** By canvas: what was predicted, what was committed and what was masked again. */
  readonly rows: readonly {
    readonly candidates: readonly Candidate[];
    readonly committed: readonly Candidate[];
    readonly remasked: readonly number[];
  }[];
  /** The canvases after this step, [batch, length]; a copy. */
  readonly canvas: Int32Array;
}

export interface DenoiseResult {
  readonly canvas: Int32Array;
  /** Forward passes that were run (each over the whole batch). */
  readonly forwards: number;
  /** Probability of each position's token when it was committed, [batch, length]; 1 where nothing was committed. */
  readonly confidence: Float32Array;
  /** Positions whose committed token was masked again and then written with another token; each counts once. */
  readonly corrected: number;
  /** Which ones: 1 there, [batch, length]. */
  readonly correctedAt: Uint8Array;
}

/** State of one run; lives only inside `denoise`. */
interface Run {
  readonly model: StepModel;
  readonly options: DenoiseOptions;
  readonly length: number;
  readonly canvas: Int32Array;
  readonly confidence: Float32Array;
  /** Last token that was removed again from a position, or -1. */
  readonly removed: Int32Array;
  forwards: number;
  givenUp: boolean;
  cache?: KeyValueCache | undefined;
  /** Positions written in the step before, where rows may be left out. */
  changed?: ReadonlySet<number> | undefined;
}

/** Fills every mask of the region. Throws `signal.reason` when aborted, between steps. */
export async function denoise(model: StepModel, options: DenoiseOptions): Promise<DenoiseResult> {
  const length = options.canvas.length / options.batch;
  const run: Run = {
    model,
    options,
    length,
    canvas: Int32Array.from(options.canvas),
    confidence: new Float32Array(options.canvas.length).fill(1),
    removed: new Int32Array(options.canvas.length).fill(-1),
    forwards: 0,
    givenUp: false,
  };
  const [start, end] = options.region;
  for (let at = start; at < end && !run.givenUp; at += options.blockLength)
    await denoiseBlock(run, at, Math.min(at + options.blockLength, end));
  const correctedAt = Uint8Array.from(run.removed, (token, i) => Number(token !== -1 && token !== run.canvas[i]));
  const corrected = correctedAt.reduce((sum, n) => sum + n, 0);
  return { canvas: run.canvas, forwards: run.forwards, confidence: run.confidence, corrected, correctedAt };
}

async function denoiseBlock(run: Run, start: number, end: number): Promise<void> {
  const { options } = run;
  const schedules = Array.from({ length: options.batch }, (_, b) =>
    options.rule.kind === 'quota' ? quotas(masksIn(run, b, start, end).length, options.rule.steps) : [],
  );
  const partial = savesRows(run);
  if (options.refresh !== 'once' || !partial) {
    run.cache = run.forwards === 0 && options.context ? run.model.repeatCache(options.context, options.batch) : undefined;
    run.changed = undefined;
  }
  // Every step leaves more written than the one before, with remasking too, so a block takes no more steps than it has positions.
  const limit = options.rule.kind === 'quota' ? options.rule.steps : end - start;
  for (let step = 0; step < limit; step++) {
    options.signal?.throwIfAborted();
    const wanted = wantedRows(run, start, end);
    if (wanted.length === 0) return;
    const last = run.forwards + 1 >= (options.maxForwards ?? Infinity);
    const rows = rowsOf(run, start, end);
    const result = await forward(run, rows, wanted, run.cache, options.cache !== 'none' && (!run.cache || partial));
    if (partial && run.cache) run.model.mergeCache(run.cache, result.cache!);
    run.cache ??= options.cache === 'none' ? undefined : result.cache;
    const outcome = schedules.map((schedule, b) => commit(run, b, wanted, result, last ? Infinity : (schedule[step] ?? 0)));
    if (partial) run.changed = new Set(outcome[0]!.committed.map((c) => c.position));
    report(run, rows, outcome);
    run.givenUp = options.giveUp?.(run.confidence) ?? false;
    if (run.givenUp) return;
  }
}

/** Whether rows of the block may be left out of a step: see `refresh`. */
function savesRows({ options, model }: Run): boolean {
  const asked = options.refresh === 'changed' || options.refresh === 'once';
  return asked && options.cache === 'dual' && options.batch === 1 && model.mergesCache && !options.remask;
}

interface Wanted {
  readonly canvas: number;
  readonly position: number;
}

function masksIn(run: Run, b: number, start: number, end: number): number[] {
  const mask = run.model.config.maskToken;
  const out: number[] = [];
  for (let p = start; p < end; p++) if (run.canvas[b * run.length + p] === mask) out.push(p);
  return out;
}

/** Rows whose predictions decide this step: masked ones, and written ones too where they may be remasked. Empty when nothing is masked. */
function wantedRows(run: Run, start: number, end: number): Wanted[] {
  const out: Wanted[] = [];
  for (let b = 0; b < run.options.batch; b++) {
    const masks = masksIn(run, b, start, end);
    const positions = run.options.remask && masks.length > 0 ? Array.from({ length: end - start }, (_, i) => start + i) : masks;
    for (const position of positions) out.push({ canvas: b, position });
  }
  return out;
}

/**
 * Positions computed in a step: all, or from the block to the end (prefix cache), or the block alone (dual cache); where rows may be left out, what is
 * masked in the block or was written in the step before. The first step on a given context computes the region, which has no columns yet.
 */
function rowsOf(run: Run, start: number, end: number): { kind: 'full' | 'prefix' | 'dual'; positions: number[] } {
  const { options, length, changed } = run;
  const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
  if (options.cache === 'none' || !run.cache) return { kind: 'full', positions: range(0, length) };
  if (options.cache === 'prefix') return { kind: 'prefix', positions: range(start, length) };
  if (run.forwards === 0) return { kind: 'dual', positions: range(...options.region) };
  if (!changed) return { kind: 'dual', positions: range(start, end) };
  return { kind: 'dual', positions: range(...options.region).filter((p) => changed.has(p) || (p >= start && p < end && run.canvas[p] === run.model.config.maskToken)) }; // prettier-ignore
}

async function forward(
  run: Run,
  rows: { positions: number[] },
  wanted: readonly Wanted[],
  cache: KeyValueCache | undefined,
  keepCache: boolean,
): Promise<StepResult> {
  const { options, model, length, canvas } = run;
  const count = rows.positions.length;
  const rowOf = new Map(rows.positions.map((p, row) => [p, row]));
  const ids = Int32Array.from(
    { length: options.batch * count },
    (_, i) => canvas[Math.floor(i / count) * length + rows.positions[i % count]!]!,
  );
  run.forwards++;
  const request: StepRequest = {
    batch: options.batch,
    ids,
    rows: rows.positions,
    cache,
    hidden: options.padding && { mask: options.padding, length },
    queries: wanted.map((w) => w.canvas * count + rowOf.get(w.position)!),
    targets: options.remask && { ids: wanted.map((w) => canvas[w.canvas * length + w.position]!), perQuery: 1 },
    tokenBias: options.tokenBias,
    want: { cache: keepCache, entropy: options.rule.kind === 'entropy' },
  };
  if (run.forwards === 1 && !options.guidance) {
    const copies = copiesOf(canvas, options.batch, options.padding);
    if (copies > 1) return sharedStep(model, request, copies, options.context, options.turn);
  }
  if (options.guidance) return guidedResult(model, request, { scale: options.guidance, prompt: options.region[0] }, options.turn);
  return model.step(request, options.turn);
}

type RowOutcome = DenoiseStep['rows'][number];

/** Reads canvas b's predictions, commits by the rule and remasks by P2 where asked. */
function commit(run: Run, b: number, wanted: readonly Wanted[], result: StepResult, quota: number): RowOutcome {
  const { options, canvas, length } = run;
  const mask = run.model.config.maskToken;
  const candidates: Candidate[] = [];
  const written: Candidate[] = [];
  wanted.forEach((w, row) => {
    if (w.canvas !== b) return;
    const present = canvas[b * length + w.position]!;
    if (present === mask) candidates.push(predict(run, w, row, result));
    else written.push({ position: w.position, token: present, confidence: Math.exp(result.targetLogp![row]!) });
  });
  const chosen = quota === Infinity ? candidates : select(options.rule, candidates, quota);
  const { committed, remasked }: Plan = options.remask
    ? planWithRemasking(options.remask, written, candidates, written.length + chosen.length)
    : { committed: chosen, remasked: [] };
  for (const c of committed) {
    const at = b * length + c.position;
    canvas[at] = c.token;
    run.confidence[at] = c.confidence;
  }
  for (const position of remasked) {
    const at = b * length + position;
    run.removed[at] = canvas[at]!;
    canvas[at] = mask;
  }
  return { candidates, committed, remasked };
}

/** The token for one masked position: arg-max, or drawn with temperature; confidence is its untempered probability. */
function predict(run: Run, { canvas, position }: Wanted, row: number, result: StepResult): Candidate {
  const { allow, temperature, random } = run.options;
  const { p, id } = rankingOf(run, canvas, position, row, result);
  const open = allow && ((i: number): boolean => allow(position, id[i]!));
  const drawn = drawToken({ p, from: 0, count: p.length, ...(open ? { open } : {}) }, temperature ?? 0, random);
  const entropy = result.entropy?.[row];
  return {
    position,
    // Where every candidate is refused the best one stands, with no confidence: the caller drops such a canvas.
    token: id[Math.max(0, drawn)]!,
    confidence: drawn === -1 ? 0 : p[drawn]!,
    ...(entropy === undefined ? {} : { entropy }),
  };
}

function rankingOf(
  { options, model, canvas, length }: Run,
  b: number,
  position: number,
  row: number,
  result: StepResult,
): Ranking {
  const from = row * topCandidates;
  const ranking = {
    p: result.topP.subarray(from, from + topCandidates),
    id: result.topId.subarray(from, from + topCandidates),
  };
  if (!options.copies) return ranking;
  const at = (k: number): number | undefined => {
    const token = position + k < 0 || position + k >= length ? undefined : canvas[b * length + position + k];
    return token === model.config.maskToken ? undefined : token;
  };
  return options.copies.mixed(ranking, at, (token) => !((options.tokenBias?.[token] ?? 0) < 0));
}

function report(run: Run, rows: { kind: 'full' | 'prefix' | 'dual'; positions: number[] }, outcome: readonly RowOutcome[]): void {
  run.options.onStep?.({
    index: run.forwards - 1,
    forward: { kind: rows.kind, start: rows.positions[0]!, length: rows.positions.length },
    rows: outcome,
    canvas: Int32Array.from(run.canvas),
  });
}
