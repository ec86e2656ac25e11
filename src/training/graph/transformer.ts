/** The network forwards, as training wants it: rows of all sequences in one matrix, weights as inputs. */
import type { TransformerConfig } from '../../model/config';
import { normAfter, rotaryTables } from '../../model/step-graph';
import type { FusedGradient } from '../../onnx/autodiff/gradients';
import type { Stretch } from '../../onnx/autodiff/recompute';
import { GraphError, type Dim, type GraphBuilder, type Value } from '../../onnx/graph';
import { add, gather, mul } from '../../onnx/ops';
import { equal, unsqueezeAxes, where } from '../../onnx/ops-backward';
import { quickGelu, rotaryEmbedding } from '../../onnx/ops-microsoft';
import { mulDims } from '../../onnx/shape';
import { hiddenScore } from '../batch';
import { attention, splitHeads } from './attention';
import type { TrainingLowering } from './lowering';
import type { NetworkWeights } from './weights';

export interface SequenceSizes {
  readonly batch: Dim;
  readonly length: Dim;
}

export interface HiddenOptions extends SequenceSizes {
  /** Keep each layer's input alone for the backward pass, which then computes the layer again: about a third more work, a fraction of the memory. */
  readonly recompute?: boolean;
  /** Who sees whom is said by the input `documents` int64 [B,L], instead of `positions` and `bias`: each token sees those of its own. Wants known sizes. */
  readonly documents?: boolean;
}

export interface HiddenRows {
  /** [B*L, width]. */
  readonly hidden: Value;
  readonly fused: readonly FusedGradient[];
  /** What the backward pass is to compute again. */
  readonly stretches: readonly Stretch[];
}

/** The tokens' embeddings [B*L, width]. Adds the input `ids` int64 [B*L]. */
export function embeddedRows(
  g: GraphBuilder,
  sizes: SequenceSizes,
  weights: NetworkWeights,
): { readonly ids: Value; readonly rows: Value } {
  const ids = g.input('ids', 'int64', [mulDims([sizes.batch, sizes.length])]);
  return { ids, rows: gather(g, weights.value('embedding'), ids) };
}

/**
 * Hidden states [B*L, width] before the final norm, from embeddings. Adds the inputs `positions` int64 [B,L] and `bias` f32, broadcasting to
 * [B,1,L,L] and added to the attention scores (causality and padding are said there).
 */
export function hiddenRows(
  g: GraphBuilder,
  c: TransformerConfig,
  lowering: TrainingLowering,
  sizes: HiddenOptions,
  weights: NetworkWeights,
  embedded: Value,
): HiddenRows {
  if (typeof sizes.batch === 'string' && typeof sizes.length === 'string')
    throw new GraphError('one of batch and length must be known when the training graph is built');
  const { positions, bias } = sizes.documents ? fromDocuments(g, sizes) : given(g, sizes);
  const [cos, sin] = rotaryTables(g, c, c.maxSequence);
  const rotated = (x: Value, heads: number): Value =>
    rotaryEmbedding(g, splitHeads(g, sizes, x, heads, c.headWidth), positions, cos, sin, heads);
  let x = embedded;
  let update: Value | null = null;
  const stretches: Stretch[] = [];
  const fused: FusedGradient[] = [];
  for (let i = 0; i < c.layers; i++) {
    const [input, start] = [x, g.appended.length];
    const norm = (name: string): Value => weights.value(`block${i}.${name}`);
    const apply = (x: Value, name: string): Value => weights.apply(x, `block${i}.${name}`);
    let normed: Value;
    [normed, x] = normAfter(g, c, x, update, norm('attentionNorm'));
    const attended = attention(g, c, lowering, sizes, {
      q: rotated(apply(normed, 'query'), c.heads),
      k: rotated(apply(normed, 'key'), c.kvHeads),
      v: splitHeads(g, sizes, apply(normed, 'value'), c.kvHeads, c.headWidth),
      bias,
    });
    fused.push(attended.fused);
    [normed, x] = normAfter(g, c, x, apply(attended.value, 'attentionOut'), norm('mlpNorm'));
    const gate = quickGelu(g, apply(normed, 'gate'));
    update = apply(mul(g, gate, apply(normed, 'up')), 'down');
    if (!sizes.recompute) continue;
    x = add(g, x, update);
    update = null;
    // The last layer's backward pass comes at once: computing it again would save nothing.
    if (i < c.layers - 1) stretches.push({ input, start, end: g.appended.length });
  }
  return { hidden: update ? add(g, x, update) : x, fused, stretches };
}

interface Places {
  readonly positions: Value;
  readonly bias: Value;
}

function given(g: GraphBuilder, { batch, length }: SequenceSizes): Places {
  return {
    positions: g.input('positions', 'int64', [batch, length]),
    bias: g.input('bias', 'float32', ['biasBatch', 1, 'biasRows', length]),
  };
}

/** Positions as a constant, and a bias [B,1,L,L] that hides what is of another document. */
function fromDocuments(g: GraphBuilder, { batch, length }: SequenceSizes): Places {
  if (typeof batch !== 'number' || typeof length !== 'number') throw new GraphError('documents want a known batch and length');
  const counted = BigInt64Array.from({ length: batch * length }, (_, i) => BigInt(i % length));
  const documents = g.input('documents', 'int64', [batch, length]);
  const same = equal(g, unsqueezeAxes(g, documents, [1, 3]), unsqueezeAxes(g, documents, [1, 2]));
  return {
    positions: g.initializer('positions', 'int64', [batch, length], counted),
    bias: where(g, same, g.float(0), g.float(hiddenScore)),
  };
}
