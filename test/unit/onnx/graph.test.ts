import assert from 'node:assert/strict';
import { GraphBuilder, GraphError } from '../../../src/onnx/graph';
import { add, concat, gather, softmax } from '../../../src/onnx/ops';
import { fusedMatMul, rotaryEmbedding } from '../../../src/onnx/ops-microsoft';
import { serialize } from '../../../src/onnx/serialize';
import { runtime, type Ort } from '../../../src/model/runtime';
import { runGraph } from './support/run-graph';

describe('GraphBuilder', () => {
  it('two values of one name, a value of another graph, an output twice or of nothing, no outputs: refused', () => {
    const g = new GraphBuilder('g');
    const x = g.input('x', 'float32', [2]);
    assert.throws(() => g.input('x', 'float32', [2]), GraphError);
    const foreign = new GraphBuilder('other').input('x', 'float32', [2]);
    assert.throws(() => add(g, x, foreign), GraphError);
    assert.throws(() => g.build(), /no outputs/);
    const y = add(g, x, x);
    assert.throws(() => {
      g.output('x2', x);
    }, GraphError);
    g.output('y', y);
    assert.throws(() => {
      g.output('z', y);
    }, GraphError);
    assert.throws(() => {
      g.output('y', add(g, y, y));
    }, GraphError);
  });

  it('initialisers hold exactly the bytes that their shape says', () => {
    const g = new GraphBuilder('g');
    assert.throws(() => g.initializer('w', 'float32', [2, 3], new Float32Array(5)), /20 bytes given, 24 needed/);
    assert.throws(() => g.initializer('w', 'int64', [2], new Int32Array(2)), GraphError);
    // A view into a larger buffer gives its own part alone.
    const w = g.initializer('w', 'float32', [2], new Float32Array([9, 1, 2, 9]).subarray(1, 3));
    g.output('y', add(g, g.input('x', 'float32', [2]), w));
    assert.deepEqual([...new Float32Array(g.build().initializers.get('w')!.data.slice().buffer)], [1, 2]);
  });

  it('leaves out what no output needs, inputs excepted', () => {
    const g = new GraphBuilder('g');
    const [x, w] = [g.input('x', 'float32', [2]), g.initializer('w', 'float32', [2], new Float32Array(2))];
    g.input('unused', 'float32', [2]);
    const [a, b] = [add(g, x, x), add(g, x, w)];
    add(g, a, b);
    g.output('y', add(g, a, a));
    const built = g.build();
    assert.equal(built.nodes.length, 2);
    assert.equal(built.initializers.size, 0);
    assert.deepEqual(
      built.inputs.map((i) => i.name),
      ['x', 'unused'],
    );
  });

  it('small constants are shared', () => {
    const g = new GraphBuilder('g');
    assert.equal(g.int64([1, 2]), g.int64([1, 2]));
    assert.notEqual(g.int64([1]), g.int64([1], true));
    assert.equal(g.float(0.5), g.float(0.5));
    assert.notEqual(g.float(0), g.float(-0), 'zeros of two signs are two constants');
  });
});

describe('serialised graphs in the runtime', () => {
  const session = async (g: GraphBuilder): Promise<Ort.InferenceSession> => {
    const ort = await runtime();
    return ort.InferenceSession.create(serialize(g.build()), { executionProviders: ['cpu'], logSeverityLevel: 3 });
  };

  it('inputs and outputs have their names and symbolic shapes', async () => {
    const g = new GraphBuilder('g');
    const x = g.input('past.k.0', 'float32', ['B', 2, 'P']);
    const ids = g.input('ids', 'int64', ['B', 1, 'R']);
    const table = g.initializer('table', 'float32', [3], Float32Array.of(1, 2, 3));
    g.output('joined', concat(g, [x, concat(g, [gather(g, table, ids), gather(g, table, ids)], 1)], 2));
    const s = await session(g);
    assert.deepEqual([...s.inputNames], ['past.k.0', 'ids']);
    assert.deepEqual([...s.outputNames], ['joined']);
    const [first, second] = s.inputMetadata;
    assert.ok(first?.isTensor === true && second?.isTensor === true);
    assert.deepEqual([first.type, [...first.shape]], ['float32', ['B', 2, 'P']]);
    assert.deepEqual([second.type, [...second.shape]], ['int64', ['B', 1, 'R']]);
    await s.release();
  });

  it('a value that is an output and feeds other nodes is renamed everywhere', async () => {
    const [mid, end] = await runGraph({ x: ['float32', ['B']] }, { B: 3 }, (g, v) => {
      const twice = add(g, v['x']!, v['x']!);
      return [twice, add(g, twice, twice)];
    });
    const values = mid!.actual.data as Float32Array;
    assert.deepEqual([...(end!.actual.data as Float32Array)], [...values].map((value) => Math.fround(2 * value))); // prettier-ignore
  });

  it('attributes of every kind arrive: integers, floats, strings and lists', async () => {
    const ort = await runtime();
    // Float: alpha of FusedMatMul. Integer: its transB.
    const [scaled] = await runGraph(
      { a: ['float32', [1, 2]], b: ['float32', [1, 2]] },
      {},
      (g, v) => fusedMatMul(g, v['a']!, v['b']!, { transB: true, alpha: -0.25 }),
      { a: new ort.Tensor('float32', [2, 3], [1, 2]), b: new ort.Tensor('float32', [5, 7], [1, 2]) },
    );
    assert.deepEqual([...(scaled!.actual.data as Float32Array)], [-0.25 * (2 * 5 + 3 * 7)]);
    // Integers: perm. String: the mode of Pad. Floats: the constants of one that has them (a Constant node).
    const [turned, padded, constant] = await runGraph(
      { x: ['float32', [2, 3]] },
      {},
      (g, v) =>
        [
          g.node({ op: 'Transpose', inputs: [v['x']!], attributes: { perm: [1, 0] }, outputs: [{ dtype: 'float32', shape: [3, 2] }] }),
          g.node({ op: 'Pad', inputs: [v['x']!, g.int64([0, 1, 0, 1])], attributes: { mode: 'edge' }, outputs: [{ dtype: 'float32', shape: [2, 5] }] }),
          g.node({ op: 'Constant', inputs: [], attributes: { value_floats: { floats: [1.5, -2] } }, outputs: [{ dtype: 'float32', shape: [2] }] }),
        ].flat(),
      { x: new ort.Tensor('float32', [1, 2, 3, 4, 5, 6], [2, 3]) },
    ); // prettier-ignore
    assert.deepEqual([...(turned!.actual.data as Float32Array)], [1, 4, 2, 5, 3, 6]);
    assert.deepEqual([...(padded!.actual.data as Float32Array)], [1, 1, 2, 3, 3, 4, 4, 5, 6, 6]);
    assert.deepEqual([...(constant!.actual.data as Float32Array)], [1.5, -2]);
  });

  it('integers keep all their bits, negative ones too', async () => {
    const g = new GraphBuilder('g');
    const big = [2 ** 52 + 1, -(2 ** 40), -1, 0];
    g.output('y', add(g, g.int64(big), g.input('x', 'int64', [1])));
    const s = await session(g);
    const ort = await runtime();
    const { y } = await s.run({ x: new ort.Tensor('int64', BigInt64Array.of(0n), [1]) });
    assert.deepEqual([...(y!.data as BigInt64Array)].map(Number), big);
    await s.release();
  });

  it('rotary embedding is the half-split one: against its definition', async () => {
    const ort = await runtime();
    const [positions, half] = [[0, 3, 5], 2];
    const angle = (p: number, j: number): number => p / 10 ** j;
    const table = (f: (a: number) => number): Float32Array =>
      Float32Array.from({ length: 6 * half }, (_, i) => f(angle(Math.floor(i / half), i % half)));
    const x = Float32Array.from({ length: 3 * 4 }, (_, i) => i + 1);
    const [y] = await runGraph(
      { x: ['float32', [1, 3, 4]], at: ['int64', [1, 3]], cos: ['float32', [6, 2]], sin: ['float32', [6, 2]] },
      {},
      (g, v) => rotaryEmbedding(g, v['x']!, v['at']!, v['cos']!, v['sin']!, 1),
      {
        x: new ort.Tensor('float32', x, [1, 3, 4]),
        at: new ort.Tensor('int64', BigInt64Array.from(positions.map(BigInt)), [1, 3]),
        cos: new ort.Tensor('float32', table(Math.cos), [6, 2]),
        sin: new ort.Tensor('float32', table(Math.sin), [6, 2]),
      },
    );
    const got = y!.actual.data as Float32Array;
    positions.forEach((p, row) => {
      for (let j = 0; j < half; j++) {
        const [a, b] = [x[row * 4 + j]!, x[row * 4 + half + j]!];
        const [c, s] = [Math.cos(angle(p, j)), Math.sin(angle(p, j))];
        assert.ok(Math.abs(got[row * 4 + j]! - (a * c - b * s)) < 1e-5);
        assert.ok(Math.abs(got[row * 4 + half + j]! - (b * c + a * s)) < 1e-5);
      }
    });
  });

  it('a damaged model is refused by the runtime as an error, not a crash', async () => {
    const g = new GraphBuilder('g');
    g.output('y', softmax(g, g.input('x', 'float32', ['B', 4])));
    const bytes = serialize(g.build());
    const ort = await runtime();
    for (const length of [1, 10, Math.floor(bytes.length / 2), bytes.length - 1]) {
      await assert.rejects(ort.InferenceSession.create(bytes.slice(0, length), { logSeverityLevel: 4 }));
    }
  });
});
