/**
 * The network as step graphs: one denoising step computes R rows of each of B canvases against P cached columns, and
 * predicts the N rows that are asked for. Split into segments of layers, so that no single run of the runtime is long.
 */
import { GraphBuilder, type Graph, type Value } from '../onnx/graph';
import {
  add,
  addInto,
  argMax,
  gather,
  gatherElements,
  log,
  matMul,
  mul,
  reduceMax,
  reduceSum,
  reshape,
  softmax,
  split,
  sub,
  topK,
  unsqueeze,
} from '../onnx/ops';
import { identity } from '../onnx/ops-backward';
import { quickGelu, rmsNorm, skipRmsNorm } from '../onnx/ops-microsoft';
import type { TransformerConfig } from './config';
import { dims, type Lowering } from './lowering';
import type { BlockWeights, TransformerWeights } from './weights';

/** Predictions kept per row; samplers with temperature draw among these. */
export const topCandidates = 16;

export interface StepGraphOptions {
  /** Number of pieces the layers are cut into (1 = whole). */
  readonly segments: number;
  /** Positions that the rotary tables cover. */
  readonly maxPositions: number;
  /** `argmax`: the last segment only outputs `next` int64 [N] (autoregressive decoding, for comparison). Default `full`. */
  readonly head?: 'full' | 'argmax';
  /** Also output the hidden state after each block and the embedding, for parity tests. */
  readonly exposeHidden?: boolean;
}

/** First and one-past-last layer of each segment. */
export function segmentRanges(layers: number, segments: number): [first: number, end: number][] {
  return Array.from({ length: segments }, (_, s) => [
    Math.floor((s * layers) / segments),
    Math.floor(((s + 1) * layers) / segments),
  ]);
}

/**
 * Builds the graphs. Inputs: `ids` int64 [B,R] (first segment) or `hidden_in` [B,R,width]; `positions` int64 [B,R]; `bias` f32, broadcasting to [B,1,R,P+R];
 * `past.k.i`, `past.v.i` [B,cacheHeads,P,hd]; in the last segment `queries` int64 [N] (row b*R+r), `targets` int64 [N,T] and `token_bias` f32 [vocabulary].
 * Outputs: `present.k.i`, `present.v.i` [B,cacheHeads,R or P+R,hd] (see Lowering.presentHolds); `hidden`; in the last segment `top_p` f32 and `top_id` int64 [N,16], `entropy` f32 [N] (nats),
 * `target_logp` f32 [N,T] and `logits` f32 [N,vocabulary] (token bias added).
 */
export function buildStepGraphs(
  c: TransformerConfig,
  w: TransformerWeights,
  lowering: Lowering,
  options: StepGraphOptions,
): Graph[] {
  const ranges = segmentRanges(c.layers, options.segments);
  return ranges.map(([first, end], s) => {
    const g = new GraphBuilder(`step_${s}`);
    const table =
      s === 0 || (s === ranges.length - 1 && c.tied)
        ? g.initializer('embedding', 'float32', [c.vocabulary, c.width], w.embedding)
        : null;
    let x =
      s === 0
        ? gather(g, table!, g.input('ids', 'int64', [dims.batch, dims.rows]))
        : g.input('hidden_in', 'float32', [dims.batch, dims.rows, c.width]);
    if (s === 0 && options.exposeHidden) g.output('embed', x);
    const queries = s === ranges.length - 1 ? g.input('queries', 'int64', [dims.queries]) : null;
    x = blocks(g, c, w, lowering, options, x, first, end, options.exposeHidden ? null : queries);
    // An output that has a name already cannot get another one.
    if (!queries) g.output('hidden', options.exposeHidden ? identity(g, x) : x);
    else predictions(g, c, w, lowering, options.exposeHidden ? queriedRows(g, x, queries) : x, table, options);
    return g.build();
  });
}

/**
 * Layers `first` .. `end` of rows [B,R,width]. With `queries` only these rows leave, as [1,N,width]: after the last attention no row needs the others, and
 * most of a layer's work comes after its attention.
 */
function blocks(
  g: GraphBuilder,
  c: TransformerConfig,
  w: TransformerWeights,
  lowering: Lowering,
  options: StepGraphOptions,
  start: Value,
  first: number,
  end: number,
  queries: Value | null,
): Value {
  const positions = g.input('positions', 'int64', [dims.batch, dims.rows]);
  const bias = g.input('bias', 'float32', ['biasBatch', 1, lowering.biasRows, `${dims.past}+${dims.rows}`]);
  const [cos, sin] = rotaryTables(g, c, options.maxPositions);
  let x = start;
  let update: Value | null = null;
  for (let i = first; i < end; i++) {
    const block = w.blocks[i]!;
    const cacheShape = [dims.batch, lowering.cacheHeads(c), dims.past, c.headWidth];
    const past = [g.input(`past.k.${i}`, 'float32', cacheShape), g.input(`past.v.${i}`, 'float32', cacheShape)] as const;
    let normed: Value;
    [normed, x] = normAfter(g, c, x, update, norm(g, c, `block${i}.attentionNorm`, block.attentionNorm));
    const [q, k, v] = [
      linear(g, `block${i}.query`, normed, block.query),
      linear(g, `block${i}.key`, normed, block.key),
      linear(g, `block${i}.value`, normed, block.value),
    ];
    const [allRows, keys, values] = lowering.attention(g, c, { q, k, v, positions, cos, sin, past, bias });
    g.output(`present.k.${i}`, keys);
    g.output(`present.v.${i}`, values);
    const leaving = i === end - 1 ? queries : null;
    const attended = leaving ? queriedRows(g, allRows, leaving) : allRows;
    if (leaving) x = queriedRows(g, x, leaving);
    [normed, x] = normAfter(
      g,
      c,
      x,
      linear(g, `block${i}.attentionOut`, attended, block.attentionOut),
      norm(g, c, `block${i}.mlpNorm`, block.mlpNorm),
    );
    update = mlp(g, i, normed, block);
    if (options.exposeHidden) {
      x = add(g, x, update);
      update = null;
      g.output(`layer_${i}`, x);
    }
  }
  return update ? add(g, x, update) : x;
}

/** Adds the pending update and normalises, in one operator where there is an update: [normed, x]. */
export function normAfter(
  g: GraphBuilder,
  c: TransformerConfig,
  x: Value,
  update: Value | null,
  weight: Value,
): [normed: Value, x: Value] {
  return update ? skipRmsNorm(g, x, update, weight, c.normEpsilon) : [rmsNorm(g, x, weight, c.normEpsilon), x];
}

function norm(g: GraphBuilder, c: TransformerConfig, name: string, weight: Float32Array): Value {
  return g.initializer(name, 'float32', [c.width], weight);
}

/** x [B,R,in] times a weight stored [in,out] -> [B,R,out]. */
function linear(g: GraphBuilder, name: string, x: Value, weight: Float32Array): Value {
  const inner = x.shape.at(-1) as number;
  return matMul(g, x, g.initializer(name, 'float32', [inner, weight.length / inner], weight));
}

/** SwiGLU: down(silu(gate x) * up x). */
function mlp(g: GraphBuilder, i: number, x: Value, block: BlockWeights): Value {
  const gate = quickGelu(g, linear(g, `block${i}.gate`, x, block.gate));
  return linear(g, `block${i}.down`, mul(g, gate, linear(g, `block${i}.up`, x, block.up)), block.down);
}

/** cos and sin of position * theta^(-2j/hd), each [maxPositions, hd/2]; angles in float32 after a float64 product, as the reference's fp32 tables. */
export function rotaryTables(
  g: GraphBuilder,
  c: Pick<TransformerConfig, 'headWidth' | 'ropeTheta'>,
  maxPositions: number,
): [cos: Value, sin: Value] {
  const half = c.headWidth / 2;
  const cos = new Float32Array(maxPositions * half);
  const sin = new Float32Array(maxPositions * half);
  for (let p = 0; p < maxPositions; p++) {
    for (let j = 0; j < half; j++) {
      const angle = Math.fround(p * Math.fround(c.ropeTheta ** ((-2 * j) / c.headWidth)));
      cos[p * half + j] = Math.cos(angle);
      sin[p * half + j] = Math.sin(angle);
    }
  }
  return [
    g.initializer('rope.cos', 'float32', [maxPositions, half], cos),
    g.initializer('rope.sin', 'float32', [maxPositions, half], sin),
  ];
}

function predictions(
  g: GraphBuilder,
  c: TransformerConfig,
  w: TransformerWeights,
  lowering: Lowering,
  x: Value,
  table: Value | null,
  options: StepGraphOptions,
): void {
  if (options.head === 'argmax') {
    g.output('next', argMax(g, lowering.head(g, finalRows(g, c, w, x), w.head, c.tied ? table : null)));
    return;
  }
  const targets = g.input('targets', 'int64', [dims.queries, dims.targets]);
  const tokenBias = g.input('token_bias', 'float32', [c.vocabulary]);
  const h = finalRows(g, c, w, x);
  if (options.exposeHidden) g.output('final_norm', h);
  const logits = addInto(g, lowering.head(g, h, w.head, c.tied ? table : null), tokenBias);
  const p = softmax(g, logits);
  const [topP, topId] = topK(g, p, g.int64([topCandidates]), topCandidates);
  // H = logsumexp - sum p*logit, with logsumexp = max logit - log max p: no logarithm over the vocabulary.
  const [best] = split(g, topP, [1, topCandidates - 1]);
  const logSumExp = sub(g, reduceMax(g, logits, -1, true), log(g, best!));
  const entropy = sub(g, logSumExp, reduceSum(g, mul(g, p, logits), -1, true));
  g.output('top_p', topP);
  g.output('top_id', topId);
  g.output('entropy', reshape(g, entropy, [-1], [dims.queries]));
  g.output('target_logp', sub(g, gatherElements(g, logits, targets), logSumExp));
  g.output('logits', logits);
}

/** Rows b*R+r of x [B,R,width], as [1,N,width]. */
function queriedRows(g: GraphBuilder, x: Value, queries: Value): Value {
  const width = x.shape.at(-1) as number;
  return unsqueeze(g, gather(g, reshape(g, x, [-1, width], [`${dims.batch}*${dims.rows}`, width]), queries), 0);
}

/** Normalised hidden rows [N,width] of [1,N,width]. */
function finalRows(g: GraphBuilder, c: TransformerConfig, w: TransformerWeights, x: Value): Value {
  const rows = reshape(g, x, [-1, c.width], [dims.queries, c.width]);
  return rmsNorm(g, rows, norm(g, c, 'finalNorm', w.finalNorm), c.normEpsilon);
}
