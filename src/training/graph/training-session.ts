import type { TransformerConfig } from '../../model/config';
import { ModelError } from '../../model/errors';
import { freeBuffers } from '../../model/free-buffers';
import { runtime, type Ort } from '../../model/runtime';
import { serialize } from '../../onnx/serialize';
import { attentionBias, type Batch } from '../batch';
import type { Parameter } from '../parameters';
import {
  buildTrainingGraph,
  embeddedGradient,
  gradientPrefix,
  targetGradient,
  type TrainingGraphOptions,
} from './training-graph';

export interface TrainingSessionOptions extends TrainingGraphOptions {
  /** 0 or absent: the runtime's choice. One thread makes runs repeatable bit for bit. */
  readonly threads?: number;
  /** Forbid the runtime to place any node elsewhere than on the lowering's provider. */
  readonly noFallback?: boolean;
}

export interface StepOutcome {
  /** 0 in a forward-only session. */
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Log-probability of each row's target. */
  readonly logp: Float32Array;
}

/** The training graph compiled, bound to the parameters' own arrays: a step reads the weights where the optimiser changes them. */
export class TrainingSession {
  private readonly found = new Map<string, Float32Array>();

  private constructor(
    private readonly ort: typeof Ort,
    private readonly session: Ort.InferenceSession,
    private readonly weights: Readonly<Record<string, Ort.Tensor>>,
    /** Set where the embedding is trained, and not as the head too. */
    private readonly ownEmbedding: Float32Array | null,
    private readonly repeatedRows: boolean,
  ) {}

  /** Throws ModelError if the provider is not there or refuses the graph. */
  static async create(
    c: TransformerConfig,
    parameters: readonly Parameter[],
    options: TrainingSessionOptions,
  ): Promise<TrainingSession> {
    const ort = await runtime();
    const bytes = serialize(buildTrainingGraph(c, options), { runAsAppended: true });
    const session = await ort.InferenceSession.create(bytes, sessionOptions(options)).catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new ModelError(`the ${options.lowering.provider} provider cannot train this model: ${why}`, { cause });
    });
    const weights = Object.fromEntries(parameters.map((p) => [p.name, new ort.Tensor('float32', p.data, p.shape)]));
    const has = (name: string): boolean => session.outputNames.includes(name);
    const apart = has(embeddedGradient) && !has(`${gradientPrefix}embedding`);
    const ownEmbedding = apart ? new Float32Array(c.vocabulary * c.width) : null;
    return new TrainingSession(ort, session, weights, ownEmbedding, options.repeatedRows ?? false);
  }

  /**
   * Gradients of the last step, by parameter name: valid until the next one, which empties these arrays and sets others in their place. (The binding, 1.30,
   * copies each result out of the runtime, one that was given a place before the run too: gradients with arrays of their own would be held twice.)
   */
  get gradients(): ReadonlyMap<string, Float32Array> {
    return this.found;
  }

  /** Forward, loss and backward of one batch. The gradients are in `gradients` afterwards. */
  async step(batch: Batch): Promise<StepOutcome> {
    const feeds = { ...this.weights, ...this.feeds(batch) };
    const inputs = Object.fromEntries(this.session.inputNames.map((n) => [n, feeds[n] ?? absent(n)]));
    freeBuffers([...this.found.values()].filter((g) => g !== this.ownEmbedding));
    this.found.clear();
    const results = await this.session.run(inputs);
    this.takeGradients(batch, results);
    const scalars = this.session.outputNames.filter((n) => n !== 'logp' && n !== 'loss' && !n.startsWith(gradientPrefix));
    const number = (n: string): number => Number(results[n]?.data[0] ?? 0);
    return {
      loss: number('loss'),
      metrics: Object.fromEntries(scalars.map((n) => [n, number(n)])),
      logp: results['logp']!.data as Float32Array,
    };
  }

  async dispose(): Promise<void> {
    await this.session.release();
  }

  /** Adds up what the graph leaves to be added by rows of tokens. */
  private takeGradients(batch: Batch, results: Ort.InferenceSession.OnnxValueMapType): void {
    const gradient = (name: string): Float32Array | undefined => results[name]?.data as Float32Array | undefined;
    for (const name of this.session.outputNames) {
      if (!name.startsWith(gradientPrefix) || name === embeddedGradient || name === targetGradient) continue;
      this.found.set(name.slice(gradientPrefix.length), gradient(name)!);
    }
    if (this.ownEmbedding) this.found.set('embedding', this.ownEmbedding.fill(0));
    const [embedded, byTarget] = [gradient(embeddedGradient), gradient(targetGradient)];
    const head = this.found.get('head') ?? this.found.get('embedding');
    if (embedded) addRows(this.found.get('embedding')!, batch.ids, embedded);
    if (byTarget) addRows(head!, batch.targets, byTarget);
    freeBuffers([embedded, byTarget].filter((rows) => rows !== undefined));
  }

  private feeds(b: Batch): Record<string, Ort.Tensor> {
    const { Tensor } = this.ort;
    if (!this.repeatedRows && new Set(b.rows).size < b.rows.length) throw new Error('a row comes twice in the loss');
    const int64 = (values: Int32Array, dims: number[]): Ort.Tensor =>
      new Tensor('int64', BigInt64Array.from(values, BigInt), dims);
    const bias = attentionBias(b);
    const positions = Int32Array.from({ length: b.batch * b.length }, (_, i) => i % b.length);
    const indices = Object.entries(b.indices ?? {}).map(([n, v]) => [n, int64(v, [v.length])] as const);
    const values = Object.entries(b.values).map(([n, v]) => [n, new Tensor('float32', v, [v.length])] as const);
    return {
      ids: int64(b.ids, [b.ids.length]),
      positions: int64(positions, [b.batch, b.length]),
      bias: new Tensor('float32', bias.data, bias.dims),
      rows: int64(b.rows, [b.rows.length, 1]),
      targets: int64(b.targets, [b.targets.length, 1]),
      ...Object.fromEntries([...values, ...indices]),
    };
  }
}

/** Adds row i of `rows` to row at[i] of `table`. */
function addRows(table: Float32Array, at: Int32Array, rows: Float32Array): void {
  const width = rows.length / at.length;
  for (let i = 0; i < at.length; i++) {
    const [to, from] = [at[i]! * width, i * width];
    for (let j = 0; j < width; j++) table[to + j]! += rows[from + j]!;
  }
}

function absent(name: string): never {
  throw new Error(`the batch holds no values for the loss's input ${name}`);
}

function sessionOptions(options: TrainingSessionOptions): Ort.InferenceSession.SessionOptions {
  return {
    executionProviders: [options.lowering.provider],
    logSeverityLevel: 3,
    graphOptimizationLevel: 'all',
    // A pattern is one block for all activations, beside the arena that the first step has filled: nearly twice the memory, and no faster.
    enableMemPattern: false,
    ...(options.threads ? { intraOpNumThreads: options.threads } : {}),
    extra: {
      // It would undo what products of transposed matrices have been written as: see products.ts.
      optimization: { disable_specified_optimizers: 'MatmulTransposeFusion' },
      session: {
        // Attention weights underflow to denormals, which made products with them six times slower.
        set_denormal_as_zero: '1',
        ...(options.noFallback ? { disable_cpu_ep_fallback: '1' } : {}),
      },
    },
  };
}
