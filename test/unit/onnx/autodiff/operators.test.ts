import assert from 'node:assert/strict';
import { differentiable, gradients } from '../../../../src/onnx/autodiff/gradients';
import { runtime } from '../../../../src/model/runtime';
import { GraphBuilder, GraphError } from '../../../../src/onnx/graph';
import * as ops from '../../../../src/onnx/ops';
import { serialize } from '../../../../src/onnx/serialize';
import { weightedCrossEntropy } from '../../../../src/training/graph/losses';
import { cpuTraining, webgpuTraining } from '../../../../src/training/graph/lowering';
import { buildTrainingGraph } from '../../../../src/training/graph/training-graph';
import { quantisedWeights } from '../../../../src/training/lora/frozen';
import { allTargets } from '../../../../src/training/lora/parameters';
import { livelyParameters, tinyConfig } from '../../training/support';
import { problems } from './problems';
import { checkGradients } from './support';

describe('gradients of each operator, against central finite differences', () => {
  for (const [op, cases] of Object.entries(problems)) {
    for (const [name, problem] of Object.entries(cases)) {
      it(`${op}: ${name}`, async () => {
        const backward = await checkGradients(problem);
        if (problem.options?.fusedMatMul === false) assert.ok(!backward.includes('FusedMatMul'));
      });
    }
  }

  it('covers every operator that has a rule', () => {
    assert.deepEqual([...differentiable].sort(), Object.keys(problems).sort());
  });
});

describe('gradients', () => {
  it('there is a rule for every operator of the networks that are trained', () => {
    const c = tinyConfig({ width: 64, headWidth: 32, mlpWidth: 96, kvHeads: 1 });
    const adapter = { rank: 2, alpha: 2, targets: allTargets };
    const frozen = quantisedWeights(livelyParameters(c), { bits: 4 });
    for (const lowering of [cpuTraining, webgpuTraining]) {
      for (const options of [{}, { recompute: true }, { adapter }, { adapter, frozen }]) {
        const sizes = { batch: 'B', length: 4, loss: weightedCrossEntropy, forwardOnly: true };
        const graph = buildTrainingGraph(c, { lowering, ...sizes, ...options });
        for (const node of graph.nodes) assert.ok(differentiable.includes(node.op), node.op);
      }
    }
  });

  it('rows that were gathered many times lose nothing, on several threads', async () => {
    const ort = await runtime();
    const [rows, width, count] = [4096, 256, 2048];
    const g = new GraphBuilder('g');
    const x = g.input('x', 'float32', [rows, width]);
    const picked = ops.gather(g, x, g.input('i', 'int64', [count]));
    const loss = ops.reduceSum(g, ops.reduceSum(g, picked, 1), 0);
    g.output('d', gradients(g, loss, [x])[0]!);
    const s = await ort.InferenceSession.create(serialize(g.build()), { intraOpNumThreads: 4, logSeverityLevel: 3 });
    try {
      const indices = BigInt64Array.from({ length: count }, (_, i) => (i % 3 === 0 ? 1n : BigInt((7 * i) % rows)));
      const feeds = {
        x: new ort.Tensor('float32', new Float32Array(rows * width), [rows, width]),
        i: new ort.Tensor('int64', indices, [count]),
      };
      const times = new Float32Array(rows);
      for (const i of indices) times[Number(i)]! += 1;
      for (let run = 0; run < 20; run++) {
        const d = (await s.run(feeds))['d']!.data as Float32Array;
        assert.ok(
          d.every((v, at) => v === times[Math.floor(at / width)]),
          `run ${run}`,
        );
      }
    } finally {
      await s.release();
    }
  });

  it('refuses an operator without a rule on the way, naming it', () => {
    const g = new GraphBuilder('g');
    const v = g.input('x', 'float32', [3]);
    const loss = ops.reduceSum(g, g.node({ op: 'Erf', inputs: [v], outputs: [{ dtype: 'float32', shape: [3] }] })[0]!);
    assert.throws(
      () => gradients(g, loss, [v]),
      (e) => e instanceof GraphError && e.message.includes('Erf'),
    );
  });

  it('leaves alone what does not lie between', () => {
    const g = new GraphBuilder('g');
    const [v, frozen] = [g.input('x', 'float32', [3, 3]), g.input('frozen', 'float32', [3, 3])];
    const odd = g.node({ op: 'Erf', inputs: [frozen], outputs: [{ dtype: 'float32', shape: [3, 3] }] })[0]!;
    const loss = ops.reduceSum(g, ops.reduceSum(g, ops.matMul(g, ops.exp(g, odd), v)));
    const before = g.appended.length;
    gradients(g, loss, [v]);
    const added = g.appended.slice(before);
    assert.equal(added.filter((n) => n.op === 'FusedMatMul' || n.op === 'MatMul').length, 1, 'no product for the frozen side');
    assert.ok(added.every((n) => n.op !== 'Erf' && n.op !== 'Exp'));
  });

  it('refuses a value that does not reach the loss, and a loss that is no scalar', () => {
    const g = new GraphBuilder('g');
    const [v, other] = [g.input('x', 'float32', [3]), g.input('other', 'float32', [3])];
    const loss = ops.reduceSum(g, ops.exp(g, v));
    assert.throws(() => gradients(g, loss, [other]), /other does not reach/);
    assert.throws(() => gradients(g, ops.exp(g, v), [v]), /scalar/);
  });
});
