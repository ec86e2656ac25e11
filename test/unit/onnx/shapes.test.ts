import assert from 'node:assert/strict';
import { GraphBuilder, GraphError, type Value } from '../../../src/onnx/graph';
import * as ops from '../../../src/onnx/ops';
import * as microsoft from '../../../src/onnx/ops-microsoft';
import { runGraph, type Inputs, type Sizes } from './support/run-graph';

const sizes: Sizes = { B: 2, R: 3, P: 5, N: 4, T: 2 };

type Build = (g: GraphBuilder, v: Record<string, Value>) => Value | readonly Value[];
type Rule = readonly [name: string, inputs: Inputs, build: Build];

const x: Inputs = { x: ['float32', ['B', 'R', 8]] };
const pair = (a: readonly (string | number)[], b: readonly (string | number)[]): Inputs => ({
  a: ['float32', a],
  b: ['float32', b],
});
const attention = (past: boolean): Inputs => ({
  q: ['float32', ['B', 'R', 8]],
  k: ['float32', ['B', 'R', 8]],
  v: ['float32', ['B', 'R', 8]],
  bias: ['float32', [1, 1, 'R', past ? 'P+R' : 'R']],
  ...(past ? { pk: ['float32', ['B', 2, 'P', 4]], pv: ['float32', ['B', 2, 'P', 4]] } : {}),
});
const rotary = (shape: readonly (string | number)[]): Inputs => ({
  x: ['float32', shape],
  at: ['int64', ['B', 'R']],
  cos: ['float32', [6, 2]],
  sin: ['float32', [6, 2]],
});

/** One line an operator and way of using it: what the builder infers must be what the runtime gives. */
const rules: readonly Rule[] = [
  ['add', pair(['B', 'R', 8], ['B', 'R', 8]), (g, v) => ops.add(g, v['a']!, v['b']!)],
  ['add, broadcasting a row', pair(['B', 'R', 8], [8]), (g, v) => ops.add(g, v['a']!, v['b']!)],
  ['sub, broadcasting both ways', pair(['B', 1, 8], ['R', 1]), (g, v) => ops.sub(g, v['a']!, v['b']!)],
  ['mul by a scalar', x, (g, v) => ops.mul(g, v['x']!, g.float(2))],
  ['div', pair([1, 'R'], ['B', 1]), (g, v) => ops.div(g, v['a']!, v['b']!)],
  ['addInto', pair(['B', 2, 'R', 'P+R'], [1, 1, 1, 'P+R']), (g, v) => ops.addInto(g, v['a']!, v['b']!)],
  ...(['exp', 'log', 'sigmoid', 'neg'] as const).map((op): Rule => [op, x, (g, v) => ops[op](g, v['x']!)]),
  ['matMul', pair(['B', 'R', 8], [8, 5]), (g, v) => ops.matMul(g, v['a']!, v['b']!)],
  ['matMul, batches', pair(['B', 2, 'R', 8], ['B', 2, 8, 'P']), (g, v) => ops.matMul(g, v['a']!, v['b']!)],
  ['matMul, batch against 1', pair(['B', 2, 'R', 8], [1, 2, 8, 'P']), (g, v) => ops.matMul(g, v['a']!, v['b']!)],
  ['softmax', x, (g, v) => ops.softmax(g, v['x']!)],
  ['softmax of another axis', x, (g, v) => ops.softmax(g, v['x']!, 1)],
  ['transpose', x, (g, v) => ops.transpose(g, v['x']!, [2, 0, 1])],
  ['reshape', x, (g, v) => ops.reshape(g, v['x']!, [0, 0, 2, 4], ['B', 'R', 2, 4])],
  ['reshape, one size left to the runtime', x, (g, v) => ops.reshape(g, v['x']!, [-1, 8], ['B*R', 8])],
  ['unsqueeze first', x, (g, v) => ops.unsqueeze(g, v['x']!, 0)],
  ['unsqueeze last', x, (g, v) => ops.unsqueeze(g, v['x']!, 3)],
  ['gather', { table: ['float32', [7, 8]], ids: ['int64', ['B', 'R']] }, (g, v) => ops.gather(g, v['table']!, v['ids']!)],
  ['gather along another axis', { ...x, ids: ['int64', ['N']] }, (g, v) => ops.gather(g, v['x']!, v['ids']!, 1)],
  ['gatherElements', { x: ['float32', ['N', 9]], ids: ['int64', ['N', 'T']] }, (g, v) => ops.gatherElements(g, v['x']!, v['ids']!)],
  ['concat', pair(['B', 'P', 8], ['B', 'R', 8]), (g, v) => ops.concat(g, [v['a']!, v['b']!], 1)],
  ['concat, last axis by -1', pair(['B', 3], ['B', 5]), (g, v) => ops.concat(g, [v['a']!, v['b']!, v['a']!], -1)],
  ['split', x, (g, v) => ops.split(g, v['x']!, [1, 5, 2])],
  ['split along another axis', { x: ['float32', [6, 'R']] }, (g, v) => ops.split(g, v['x']!, [2, 4], 0)],
  ['sizeOf', x, (g, v) => ops.sizeOf(g, v['x']!, -2)],
  ['slice', { x: ['float32', ['B', 'P+R']], p: ['float32', ['P']] }, (g, v) => ops.slice(g, v['x']!, 1, g.int64([0]), ops.sizeOf(g, v['p']!, 0), 'P')],
  ['slice to the end', { x: ['float32', ['B', 'P+R']], p: ['float32', ['P']] }, (g, v) => ops.slice(g, v['x']!, 1, ops.sizeOf(g, v['p']!, 0), g.int64([2 ** 31 - 1]), 'R')],
  ['topK', { x: ['float32', ['N', 9]] }, (g, v) => ops.topK(g, v['x']!, g.int64([4]), 4)],
  ['argMax', { x: ['float32', ['N', 9]] }, (g, v) => ops.argMax(g, v['x']!)],
  ...(['reduceSum', 'reduceMax', 'reduceMean'] as const).flatMap((op): Rule[] => [
    [op, x, (g, v) => ops[op](g, v['x']!)],
    [`${op}, axis kept`, x, (g, v) => ops[op](g, v['x']!, 1, true)],
  ]),
  ['cast', { ids: ['int64', ['B', 'R']] }, (g, v) => ops.cast(g, v['ids']!, 'float32')],
  ['cast to bool', x, (g, v) => ops.cast(g, v['x']!, 'bool')],
  ['fusedMatMul', pair(['B', 'R', 8], ['B', 8, 'P']), (g, v) => microsoft.fusedMatMul(g, v['a']!, v['b']!)],
  ['fusedMatMul, right side transposed', pair(['B', 2, 'R', 8], ['B', 2, 'P', 8]), (g, v) => microsoft.fusedMatMul(g, v['a']!, v['b']!, { transB: true, alpha: 0.5 })],
  ['fusedMatMul, left side transposed', pair(['R', 8], ['R', 5]), (g, v) => microsoft.fusedMatMul(g, v['a']!, v['b']!, { transA: true })],
  ['rmsNorm', { ...x, w: ['float32', [8]] }, (g, v) => microsoft.rmsNorm(g, v['x']!, v['w']!, 1e-5)],
  ['skipRmsNorm', { ...x, y: ['float32', ['B', 'R', 8]], w: ['float32', [8]] }, (g, v) => microsoft.skipRmsNorm(g, v['x']!, v['y']!, v['w']!, 1e-5)],
  ['rotaryEmbedding, heads joined', rotary(['B', 'R', 8]), (g, v) => microsoft.rotaryEmbedding(g, v['x']!, v['at']!, v['cos']!, v['sin']!, 2)],
  ['rotaryEmbedding, heads apart', rotary(['B', 2, 'R', 4]), (g, v) => microsoft.rotaryEmbedding(g, v['x']!, v['at']!, v['cos']!, v['sin']!, 2)],
  ['quickGelu', x, (g, v) => microsoft.quickGelu(g, v['x']!)],
  ['multiHeadAttention', attention(false), (g, v) => microsoft.multiHeadAttention(g, v['q']!, v['k']!, v['v']!, { heads: 2, scale: 0.5, bias: v['bias']!, past: null })],
  ['multiHeadAttention with a past', attention(true), (g, v) => microsoft.multiHeadAttention(g, v['q']!, v['k']!, v['v']!, { heads: 2, scale: 0.5, bias: v['bias']!, past: [v['pk']!, v['pv']!] })],
]; // prettier-ignore

describe('shape rules: what the builder infers is what the runtime gives', () => {
  for (const [name, inputs, build] of rules) {
    it(name, async () => {
      for (const { inferred, dtype, actual } of await runGraph(inputs, sizes, build)) {
        assert.deepEqual(inferred, [...actual.dims]);
        assert.equal(dtype, actual.type);
      }
    });
  }
});

describe('shape rules: what cannot be is refused when the graph is built', () => {
  const wrong: readonly Rule[] = [
    ['add of sizes that do not broadcast', pair(['B', 8], ['B', 7]), (g, v) => ops.add(g, v['a']!, v['b']!)],
    ['add of two symbols', pair(['B', 8], ['R', 8]), (g, v) => ops.add(g, v['a']!, v['b']!)],
    ['add of two dtypes', { a: ['float32', ['B']], b: ['int64', ['B']] }, (g, v) => ops.add(g, v['a']!, v['b']!)],
    ['addInto of more axes', pair(['B'], [1, 'B']), (g, v) => ops.addInto(g, v['a']!, v['b']!)],
    ['matMul of unlike inner sizes', pair(['B', 8], [7, 8]), (g, v) => ops.matMul(g, v['a']!, v['b']!)],
    ['matMul of a vector', pair(['B', 8], [8]), (g, v) => ops.matMul(g, v['a']!, v['b']!)],
    ['matMul of two dtypes', { a: ['float32', ['B', 8]], b: ['int64', [8, 2]] }, (g, v) => ops.matMul(g, v['a']!, v['b']!)],
    ['fusedMatMul of unlike inner sizes', pair(['B', 8], [8, 7]), (g, v) => microsoft.fusedMatMul(g, v['a']!, v['b']!, { transB: true })],
    ['softmax over no axis', x, (g, v) => ops.softmax(g, v['x']!, 3)],
    ['transpose by too few axes', x, (g, v) => ops.transpose(g, v['x']!, [1, 0])],
    ['transpose by an axis twice', x, (g, v) => ops.transpose(g, v['x']!, [0, 1, 1])],
    ['reshape to fewer elements', { x: ['float32', [4, 6]] }, (g, v) => ops.reshape(g, v['x']!, [5, 5], [5, 5])],
    ['reshape that says it keeps what it changes', x, (g, v) => ops.reshape(g, v['x']!, [0, 0, 8], ['R', 'B', 8])],
    ['reshape to two results', x, (g, v) => ops.reshape(g, v['x']!, [-1, 8], ['B*R', 4])],
    ['unsqueeze from behind', x, (g, v) => ops.unsqueeze(g, v['x']!, -1)],
    ['gather by floats', pair([7, 8], ['N']), (g, v) => ops.gather(g, v['a']!, v['b']!)],
    ['gatherElements of another rank', { x: ['float32', ['N', 9]], ids: ['int64', ['N']] }, (g, v) => ops.gatherElements(g, v['x']!, v['ids']!)],
    ['concat of unlike sizes', pair(['B', 3], ['R', 3]), (g, v) => ops.concat(g, [v['a']!, v['b']!], 1)],
    ['concat of unlike ranks', pair(['B', 3], ['B']), (g, v) => ops.concat(g, [v['a']!, v['b']!], 0)],
    ['concat of two dtypes', { a: ['float32', ['B']], b: ['int64', ['B']] }, (g, v) => ops.concat(g, [v['a']!, v['b']!], 0)],
    ['split into too much', x, (g, v) => ops.split(g, v['x']!, [4, 5])],
    ['sizeOf no axis', x, (g, v) => ops.sizeOf(g, v['x']!, -4)],
    ['rmsNorm by a weight of another width', { ...x, w: ['float32', [7]] }, (g, v) => microsoft.rmsNorm(g, v['x']!, v['w']!, 1e-5)],
    ['skipRmsNorm of one axis', { x: ['float32', [8]], w: ['float32', [8]] }, (g, v) => microsoft.skipRmsNorm(g, v['x']!, v['x']!, v['w']!, 1e-5)],
    ['rotaryEmbedding with tables of another width', rotary(['B', 'R', 16]), (g, v) => microsoft.rotaryEmbedding(g, v['x']!, v['at']!, v['cos']!, v['sin']!, 2)],
    ['multiHeadAttention in heads that do not divide', attention(false), (g, v) => microsoft.multiHeadAttention(g, v['q']!, v['k']!, v['v']!, { heads: 3, scale: 1, bias: null, past: null })],
    ['multiHeadAttention with a past of other heads', attention(true), (g, v) => microsoft.multiHeadAttention(g, v['q']!, v['k']!, v['v']!, { heads: 4, scale: 1, bias: null, past: [v['pk']!, v['pv']!] })],
  ]; // prettier-ignore
  for (const [name, inputs, build] of wrong) {
    it(name, () => {
      const g = new GraphBuilder('wrong');
      const values = Object.fromEntries(Object.entries(inputs).map(([n, [dtype, shape]]) => [n, g.input(n, dtype, shape)]));
      assert.throws(() => build(g, values), GraphError);
    });
  }
});
