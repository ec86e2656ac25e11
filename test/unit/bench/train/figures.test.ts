import { strict as assert } from 'node:assert';
import path from 'node:path';
import type { Measured } from '../../../../src/bench/train/bench';
import { fullFlops, loraFlops } from '../../../../src/bench/train/flops';
import { activationBytes } from '../../../../src/bench/train/memory';
import { networks } from '../../../../src/bench/train/networks';
import { figuresOf, tableOf } from '../../../../src/bench/train/report';
import { parameterCount } from '../../../../src/model/config';
import { readConfig } from '../../../../src/model/network';
import { gradients } from '../../../../src/onnx/autodiff/gradients';
import { GraphBuilder, type Graph } from '../../../../src/onnx/graph';
import { exp, matMul, reshape } from '../../../../src/onnx/ops';
import { cpuTraining } from '../../../../src/training/graph/lowering';
import { weightedCrossEntropy } from '../../../../src/training/graph/losses';
import { buildTrainingGraph, type TrainingGraphOptions } from '../../../../src/training/graph/training-graph';
import { frozenWeights } from '../../../../src/training/lora/frozen';
import { allTargets } from '../../../../src/training/lora/parameters';
import { root } from '../../helpers/bundles';
import { livelyParameters, tinyConfig } from '../../training/support';

describe('figures of unmask bench train', () => {
  const [batch, length, rows] = [3, 8, 5];

  /** Multiply-adds, as two, of all products of a graph whose sizes are all known. */
  function productsOf(graph: Graph): number {
    const shape = (name: string): number[] => graph.values.get(name)!.shape.map(Number);
    return graph.nodes
      .filter((n) => ['MatMul', 'FusedMatMul'].includes(n.op))
      .reduce((sum, n) => {
        const inner = shape(n.inputs[0]!).at(n.attributes['transA'] === 1 ? -2 : -1)!;
        return sum + 2 * inner * shape(n.outputs[0]!).reduce((a, b) => a * b, 1);
      }, 0);
  }
  const graphOf = (c: ReturnType<typeof tinyConfig>, options: Partial<TrainingGraphOptions> = {}): Graph =>
    buildTrainingGraph(c, { lowering: cpuTraining, batch, length, rows, loss: weightedCrossEntropy, ...options });
  const sizes = { sequences: batch, length, rows };

  for (const tied of [true, false]) {
    for (const kvHeads of [2, 1]) {
      const c = tinyConfig({ tied, kvHeads, layers: 3 });
      it(`the work counted is that of the graph's products: ${tied ? 'tied' : 'untied'}, ${kvHeads} key-value heads`, () => {
        assert.equal(fullFlops(c, sizes), productsOf(graphOf(c)));
      });
      it(`the same beside a frozen base: ${tied ? 'tied' : 'untied'}, ${kvHeads} key-value heads`, () => {
        const frozen = frozenWeights(livelyParameters(c));
        const adapter = { rank: 3, alpha: 6, targets: allTargets };
        assert.equal(loraFlops(c, sizes, 3), productsOf(graphOf(c, { frozen, adapter })));
      });
    }
  }

  it('activations are what the backward pass reads of the forward pass, each once', () => {
    const g = new GraphBuilder('g');
    const [x, w] = [g.input('x', 'float32', ['N', 3]), g.input('w', 'float32', [3, 4])];
    const y = matMul(g, x, w); // not read again
    const e = exp(g, y); // read by the rules of Exp and, as two views, of the product
    const [row, column] = [reshape(g, e, [1, -1], [1, '4*N']), reshape(g, e, [-1, 1], ['4*N', 1])];
    const loss = reshape(g, matMul(g, row, column), [], []);
    g.output('loss', loss);
    g.output('grad.w', gradients(g, loss, [w])[0]!);
    assert.equal(activationBytes(g.build(), { N: 5 }), 4 * 5 * 4);
    assert.throws(() => activationBytes(g.build(), {}), /size N is not given/);
  });

  it('computing layers again leaves fewer activations', () => {
    const c = tinyConfig({ layers: 4 });
    const of = (recompute: boolean): number => activationBytes(graphOf(c, { recompute }), {});
    assert.ok(of(true) < 0.6 * of(false));
  });

  it('the networks are the embedded one, and one of about 25 million parameters', async () => {
    assert.deepEqual(networks['6m'], await readConfig(path.join(root, 'model-assets', 'unmask-tiny')));
    assert.ok(Math.abs(parameterCount(networks['25m']) - 25e6) < 1e6);
  });

  it('gives the least share of the objectives, and memory against its sum', () => {
    const one = (objective: 'ar' | 'masked', roofShare: number): Measured => ({
      name: `${objective}_full_25m`,
      job: { size: '25m', objective, kind: 'full', optimiser: 'adamw', threads: 1, turns: 1 },
      parameters: 1,
      trained: 1,
      tokens: 2048,
      rows: 2040,
      seconds: 4,
      gflops: 60,
      roofGflops: 100,
      roofShare,
      roofShareGradients: 0.7,
      optimiserShare: 0.05,
      memory: { peak: 1300e6, before: 100e6, weights: 100e6, gradients: 100e6, moments: 200e6, activations: 600e6 },
    });
    const figures = figuresOf([one('ar', 0.6), one('masked', 0.58)]);
    assert.equal(figures['roof_share_full_25m'], 0.58);
    assert.equal(figures['tokens_per_second_ar_full_25m'], 512);
    assert.equal(figures['memory_ratio_ar_full_25m'], 1.3);
    assert.equal(figures['memory_ratio_net_ar_full_25m'], 1.2);
    assert.match(tableOf([one('ar', 0.6)])[1]!, /ar_full_25m +512 +60% +5\.0% +1300 +100 +100 +200 +600 +1\.30 +1\.20/);
  });
});
