/** The network in memory: a chain of sessions (one a segment) that runs denoising steps. Knows nothing of sampling. */
import type { Graph } from '../onnx/graph';
import { serialize } from '../onnx/serialize';
import type { TransformerConfig } from './config';
import { ModelError } from './errors';
import { gatherCache, mergeCache, MovingCache, repeatCache, type CacheShape, type KeyValueCache } from './kv-cache';
import { narrow, widen } from './int64';
import type { Lowering } from './lowering';
import { runtime, type Ort } from './runtime';
import { buildStepGraphs, topCandidates, type StepGraphOptions } from './step-graph';
import type { TransformerWeights } from './weights';

export type { KeyValueCache } from './kv-cache';

/** Runs one native call when it is its turn; see RunGate in src/diffusion. */
export type RunTurn = <T>(work: () => Promise<T>) => Promise<T>;

export interface StepModelOptions extends Partial<StepGraphOptions> {
  readonly lowering: Lowering;
  /** 0: the runtime's choice. */
  readonly threads?: number;
  /** Forbid the runtime to place any node elsewhere than on the lowering's provider (checked at creation). */
  readonly noFallback?: boolean;
}

export interface StepRequest {
  readonly batch: number;
  /** Token ids [B,R], row-major. */
  readonly ids: ArrayLike<number>;
  /** Canvas positions of the R rows, the same for every canvas. */
  readonly rows: ArrayLike<number>;
  /** Columns of earlier steps to attend to as well; those whose position is among `rows` are hidden, being stale. */
  readonly cache?: KeyValueCache | undefined;
  /** Positions that must not be attended to (padding), as [B, canvas length]: 1 hidden. */
  readonly hidden?: { readonly mask: Uint8Array; readonly length: number } | undefined;
  /** Rotary position of each canvas position where it differs from its index: [B,R]. */
  readonly rotary?: ArrayLike<number> | undefined;
  /** Rows wanted: b * R + index into `rows`. */
  readonly queries: ArrayLike<number>;
  /** Tokens whose log-probability is wanted, [N,T]. */
  readonly targets?: { readonly ids: ArrayLike<number>; readonly perQuery: number } | undefined;
  /** Added to the logits: [vocabulary]. */
  readonly tokenBias?: Float32Array | undefined;
  readonly want?: { readonly cache?: boolean; readonly logits?: boolean; readonly entropy?: boolean };
}

/** Predictions of N rows; every array is row-major and lives in JavaScript. */
export interface StepResult {
  /** Probabilities of the `topCandidates` best tokens, best first, [N,16]. */
  readonly topP: Float32Array;
  /** Their ids, [N,16]. */
  readonly topId: Int32Array;
  /** Nats, [N]; only if wanted. */
  readonly entropy?: Float32Array;
  /** [N,T]; only with targets. */
  readonly targetLogp?: Float32Array;
  /** [N,vocabulary]; only if wanted. */
  readonly logits?: Float32Array;
  /** Columns of this step (ask for it in steps without a cache: only some providers also keep the old columns); only if wanted. */
  readonly cache?: KeyValueCache;
}

/** Hides a column; large enough to vanish in the softmax, small enough to stay finite in half precision. */
const hiddenScore = -3e4;

const direct: RunTurn = (work) => work();

export class StepModel {
  private readonly zeroTokenBias: Float32Array;

  private constructor(
    readonly config: TransformerConfig,
    private readonly ort: typeof Ort,
    private readonly sessions: readonly Ort.InferenceSession[],
    private readonly lowering: Lowering,
    readonly maxPositions: number,
  ) {
    this.zeroTokenBias = new Float32Array(config.vocabulary);
  }

  /** Compiles the network for a provider. Throws ModelError if the provider is not there or refuses the graph. */
  static async create(config: TransformerConfig, weights: TransformerWeights, options: StepModelOptions): Promise<StepModel> {
    const ort = await runtime();
    const maxPositions = options.maxPositions ?? 2 * config.maxSequence;
    const graphs = buildStepGraphs(config, weights, options.lowering, {
      segments: Math.min(options.segments ?? 1, config.layers),
      maxPositions,
      exposeHidden: options.exposeHidden ?? false,
    });
    graphs.forEach(assertSerializable);
    const sessions: Ort.InferenceSession[] = [];
    try {
      for (const graph of graphs) sessions.push(await ort.InferenceSession.create(serialize(graph), sessionOptions(options)));
    } catch (cause) {
      await Promise.all(sessions.map((s) => s.release()));
      throw new ModelError(
        `the ${options.lowering.provider} provider cannot run this model: ${cause instanceof Error ? cause.message : String(cause)}`,
        { cause },
      );
    }
    return new StepModel(config, ort, sessions, options.lowering, maxPositions);
  }

  get provider(): 'cpu' | 'webgpu' {
    return this.lowering.provider;
  }

  get segments(): number {
    return this.sessions.length;
  }

  /** One denoising step. `turn` is asked before every single native run, so that others may go in between. */
  async step(request: StepRequest, turn: RunTurn = direct): Promise<StepResult> {
    const fetched = await this.runSegments(request, wantedOutputs(request), turn);
    const queries = request.queries.length;
    const float = (name: string): Float32Array => fetched[name]!.data as Float32Array;
    return {
      topP: float('top_p'),
      topId: narrow(fetched['top_id']!.data as BigInt64Array, queries * topCandidates),
      ...(request.want?.entropy ? { entropy: float('entropy') } : {}),
      ...(request.targets ? { targetLogp: float('target_logp') } : {}),
      ...(request.want?.logits ? { logits: float('logits') } : {}),
      ...(request.want?.cache ? { cache: this.cacheOf(request, fetched) } : {}),
    };
  }

  /** As `step`, returning the raw tensors asked for by name (`layer_i` and the like): for parity tests. */
  async inspect(request: StepRequest, outputs: readonly string[]): Promise<Record<string, Ort.Tensor>> {
    return this.runSegments(request, new Set(outputs), direct);
  }

  /** A cache for a batch of canvases: each canvas's columns serve as many neighbours as make up that batch, which are alike outside the rows still to come. */
  repeatCache(cache: KeyValueCache, batch: number): KeyValueCache {
    if (cache.batch === batch) return cache;
    // A broadcast cache holds one canvas, whatever its batch.
    const held = Object.values(cache.tensors)[0]!.dims[0]!;
    return this.lowering.broadcastsPast && held === 1 ? { ...cache, batch } : repeatCache(this.ort, cache, batch / held);
  }

  /** See `gatherCache` in kv-cache.ts. */
  gatherCache(cache: KeyValueCache, sources: readonly number[], shift: (position: number) => number): KeyValueCache {
    return gatherCache(this.ort, this.cacheShape, cache, sources, shift);
  }

  /** See `MovingCache` in kv-cache.ts. */
  movingCache(cache: KeyValueCache): MovingCache {
    return new MovingCache(this.ort, this.cacheShape, cache);
  }

  /** Whether `mergeCache` works: rows can be computed a few at a time, the others staying as they were. */
  get mergesCache(): boolean {
    return this.lowering.presentHolds === 'new';
  }

  /** See `mergeCache` in kv-cache.ts. */
  mergeCache(cache: KeyValueCache, fresh: KeyValueCache): void {
    mergeCache(this.cacheShape, cache, fresh);
  }

  async dispose(): Promise<void> {
    await Promise.all(this.sessions.map((s) => s.release()));
  }

  private get cacheShape(): CacheShape {
    return { heads: this.lowering.cacheHeads(this.config), width: this.config.headWidth, theta: this.config.ropeTheta };
  }

  private async runSegments(
    request: StepRequest,
    wanted: ReadonlySet<string>,
    turn: RunTurn,
  ): Promise<Record<string, Ort.Tensor>> {
    const feeds = this.feeds(request);
    const fetched: Record<string, Ort.Tensor> = {};
    for (const session of this.sessions) {
      if (fetched['hidden']) feeds['hidden_in'] = fetched['hidden'];
      const inputs = Object.fromEntries(session.inputNames.map((n) => [n, feeds[n]!]));
      const outputs = session.outputNames.filter(
        (n) => n === 'hidden' || wanted.has(n) || (wanted.has('present') && n.startsWith('present.')),
      );
      // A segment must be asked for something; its hidden state always is.
      Object.assign(fetched, await turn(() => session.run(inputs, outputs)));
    }
    return fetched;
  }

  private feeds(request: StepRequest): Record<string, Ort.Tensor> {
    const { Tensor } = this.ort;
    const { batch, rows, queries, targets } = request;
    const count = rows.length;
    const width = targets?.perQuery ?? 1;
    const cache = request.cache ?? this.emptyCache(batch);
    const int64 = (values: ArrayLike<number>, dims: number[]): Ort.Tensor => new Tensor('int64', widen(values), dims);
    const rotary = request.rotary ?? Int32Array.from({ length: batch * count }, (_, i) => rows[i % count]!);
    return {
      ids: int64(request.ids, [batch, count]),
      positions: int64(rotary, [batch, count]),
      bias: this.bias(request, cache),
      queries: int64(queries, [queries.length]),
      targets: int64(targets?.ids ?? new Int32Array(queries.length), [queries.length, width]),
      token_bias: new Tensor('float32', request.tokenBias ?? this.zeroTokenBias, [this.config.vocabulary]),
      ...cache.tensors,
    };
  }

  /** Attention bias [B or 1, 1, 1 or R, P+R]: hides empty and stale columns, and padding. */
  private bias(request: StepRequest, cache: KeyValueCache): Ort.Tensor {
    const { batch, rows, hidden } = request;
    const count = rows.length;
    const columns = cache.positions.length + count;
    const biasBatch = hidden ? batch : 1;
    const repeat = this.lowering.biasRows === 'R' ? count : 1;
    const data = new Float32Array(biasBatch * repeat * columns);
    const fresh = new Set(Array.from(rows));
    for (let b = 0; b < biasBatch; b++) {
      const line = data.subarray(b * repeat * columns, b * repeat * columns + columns);
      for (let col = 0; col < columns; col++) {
        const old = col < cache.positions.length;
        const position = old ? cache.positions[col]! : rows[col - cache.positions.length]!;
        if (position < 0 || (old && fresh.has(position)) || hidden?.mask[b * hidden.length + position]) line[col] = hiddenScore;
      }
      for (let r = 1; r < repeat; r++) data.set(line, (b * repeat + r) * columns);
    }
    return new this.ort.Tensor('float32', data, [biasBatch, 1, repeat, columns]);
  }

  /** One hidden column: the graphs always take a past. */
  private emptyCache(batch: number): KeyValueCache {
    const heads = this.lowering.cacheHeads(this.config);
    const tensors: Record<string, Ort.Tensor> = {};
    for (let i = 0; i < this.config.layers; i++) {
      for (const kind of ['k', 'v']) {
        tensors[`past.${kind}.${i}`] = new this.ort.Tensor('float32', new Float32Array(batch * heads * this.config.headWidth), [
          batch,
          heads,
          1,
          this.config.headWidth,
        ]);
      }
    }
    return { batch, positions: Int32Array.of(-1), tensors };
  }

  /** Columns of this step; those of the cache that was given are kept where the provider hands them back joined. */
  private cacheOf(request: StepRequest, fetched: Record<string, Ort.Tensor>): KeyValueCache {
    const rows = Array.from(request.rows);
    const fresh = new Set(rows);
    const joined =
      this.lowering.presentHolds === 'all' ? Array.from(request.cache?.positions ?? [-1], (p) => (fresh.has(p) ? -1 : p)) : [];
    const tensors: Record<string, Ort.Tensor> = {};
    for (let i = 0; i < this.config.layers; i++) {
      for (const kind of ['k', 'v']) tensors[`past.${kind}.${i}`] = fetched[`present.${kind}.${i}`]!;
    }
    return { batch: request.batch, positions: Int32Array.from([...joined, ...rows]), tensors };
  }
}

/** A protobuf message holds less than 2 GiB, and so does a graph with its weights. */
function assertSerializable(graph: Graph): void {
  let bytes = 0;
  for (const initializer of graph.initializers.values()) bytes += initializer.data.byteLength;
  if (bytes > 2e9)
    throw new ModelError(
      `a part of this model holds ${(bytes / 1e9).toFixed(1)} GB of weights, and the runtime takes 2 GB at once. Set "unmask.model" (or --model) to a smaller one.`,
    );
}

function wantedOutputs(request: StepRequest): Set<string> {
  const wanted = new Set(['top_p', 'top_id']);
  if (request.want?.entropy) wanted.add('entropy');
  if (request.want?.logits) wanted.add('logits');
  if (request.want?.cache) wanted.add('present');
  if (request.targets) wanted.add('target_logp');
  return wanted;
}

/** Options of every session, so that comparisons are made under the same ones. */
export function sessionOptions(
  options: Pick<StepModelOptions, 'lowering' | 'threads' | 'noFallback'>,
): Ort.InferenceSession.SessionOptions {
  return {
    executionProviders: [options.lowering.provider],
    logSeverityLevel: 3,
    graphOptimizationLevel: 'all',
    ...(options.threads ? { intraOpNumThreads: options.threads } : {}),
    extra: {
      session: {
        // Attention weights underflow to denormals, which made the product with the values six times slower.
        set_denormal_as_zero: '1',
        // Threads that wait sleep. Spinning gains a tenth where nothing else runs; beside an editor that draws, and other segments' threads, completions took twice as long.
        intra_op: { allow_spinning: '0' },
        ...(options.noFallback ? { disable_cpu_ep_fallback: '1' } : {}),
      },
    },
  };
}
