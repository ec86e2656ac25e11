import assert from 'node:assert/strict';
import type { Ort } from '../../../../src/model/runtime';
import { runtime } from '../../../../src/model/runtime';
import { serialize } from '../../../../src/onnx/serialize';
import type { Batch } from '../../../../src/training/batch';
import { muon } from '../../../../src/training/optimiser/muon';
import type { Parameter } from '../../../../src/training/parameters';
import { Trainer } from '../../../../src/training/trainer';
import { listwiseLoss, emptyPrior } from '../../../../src/training/accelerator/listwise-loss';
import { buildUpdateGraph, newPrefix } from '../../../../src/training/accelerator/update-graph';
import { differencesAgree, livelyParameters, smallBatch, tinyConfig, withSession } from '../support';

const [batch, length, rows] = [2, 4, 5];
const documents = Int32Array.of(1, 1, 2, 2, 3, 3, 3, 3);
const first = { ids: Int32Array.of(1, 2, 9, 4, 5, 9, 7, 9), rows: Int32Array.of(2, 5, 7), targets: Int32Array.of(3, 6, 8), weights: Float32Array.of(0.5, 1, 0.25) }; // prettier-ignore
const second = { ids: Int32Array.of(9, 2, 3, 9, 5, 6, 9, 9), rows: Int32Array.of(0, 3, 6, 7), targets: Int32Array.of(1, 4, 7, 7), weights: Float32Array.of(0.2, 0.7, 0.4, 0.6) }; // prettier-ignore

describe('an update as one graph', () => {
  it('changes weights and moments as the trainer does, padded places changing nothing', async () => {
    const c = tinyConfig({ tied: true });
    const [expected, found] = [livelyParameters(c), livelyParameters(c)];
    const options = { clip: 0.5, weightDecay: 0.1 };
    const { outcomes, moments } = await byTrainer(c, expected, options);
    const { graph, kept } = buildUpdateGraph(c, { ...options, batch, length, rows });
    const ort = await runtime();
    const session = await ort.InferenceSession.create(serialize(graph), { executionProviders: ['cpu'], intraOpNumThreads: 1 });
    try {
      const byName = new Map(found.map((p) => [p.name, p]));
      const state = new Map(
        kept.map((name) => {
          const of = byName.get(name.replace(/^(muon|adam\.(first|second))\./, ''))!;
          return [name, new ort.Tensor('float32', byName.get(name)?.data ?? new Float32Array(of.data.length), of.shape)] as const;
        }),
      );
      for (const [i, fed] of [first, second].entries()) {
        const results = await session.run({ ...Object.fromEntries(state), ...feeds(ort, fed, i + 1) });
        const outcome = outcomes[i]!;
        close(Number(results['loss']!.data[0]), outcome.loss, 'loss');
        close(Number(results['gradient_norm']!.data[0]), outcome.gradientNorm, 'norm');
        for (const name of kept) state.set(name, results[newPrefix + name]! as Ort.TypedTensor<'float32'>);
      }
      for (const p of [...expected, ...moments]) {
        const values = state.get(p.name)!.data;
        p.data.forEach((v, i) => {
          close(values[i]!, v, `${p.name}[${i}]`);
        });
      }
      assert.equal(kept.length, expected.length + moments.length);
    } finally {
      await session.release();
    }
  });

  it('the listwise loss ranks by scores, and its gradients agree with finite differences', async () => {
    const c = tinyConfig({ tied: true });
    const parameters = livelyParameters(c);
    const fed: Batch = {
      ...smallBatch,
      rows: Int32Array.of(2, 5, 2, 7),
      targets: Int32Array.of(3, 6, 1, 8),
      values: {
        row_weights: Float32Array.of(0, 0.3, 0, 0),
        term_factor: Float32Array.of(0.5, -0.5, 0.5, 0.5, -0.5, 0),
        // Two candidates and an empty place; three.
        prior: Float32Array.of(0, 1, emptyPrior, 0.5, 0, 0),
        text_weights: Float32Array.of(0.75, 0.5),
      },
      indices: {
        term_row: Int32Array.of(0, 2, 2, 1, 3, 0),
        term_candidate: Int32Array.of(0, 0, 1, 3, 4, 0),
      },
    };
    const loss = listwiseLoss({ texts: 2, candidates: 3, terms: 6 });
    await withSession(c, parameters, { repeatedRows: true, loss }, async (session) => {
      const { logp, metrics } = await session.step(fed);
      const [a, b, d, e] = logp as unknown as [number, number, number, number];
      const crossEntropy = (scores: number[]): number => Math.log(scores.reduce((sum, s) => sum + Math.exp(s), 0)) - scores[0]!;
      const expected = 0.75 * crossEntropy([0.5 * a - 0.5 * d, 1 + 0.5 * d]) + 0.5 * crossEntropy([0.5 + 0.5 * b, -0.5 * e, 0]);
      close(metrics['listwise']!, expected, 'listwise');
      await differencesAgree(session, parameters, fed);
    });
  });
});

async function byTrainer(
  c: ReturnType<typeof tinyConfig>,
  parameters: readonly Parameter[],
  { clip, weightDecay }: { clip: number; weightDecay: number },
): Promise<{ outcomes: { loss: number; gradientNorm: number }[]; moments: readonly Parameter[] }> {
  const optimiser = await muon(parameters, { weightDecay, adam: { beta2: 0.95, weightDecay }, threads: 1 });
  return withSession(c, parameters, {}, async (session) => {
    const trainer = new Trainer({ session, optimiser, schedule: ({ step }) => (step === 0 ? 0.03 : 0.02), clip });
    const visible = Uint8Array.from({ length: batch * length * length }, (_, i) => {
      const [b, q, k] = [Math.floor(i / length ** 2), Math.floor(i / length) % length, i % length];
      return Number(documents[b * length + q] === documents[b * length + k]);
    });
    const outcomes = [];
    for (const { ids, rows: at, targets, weights } of [first, second])
      outcomes.push(await trainer.update([{ batch, length, ids, visible, rows: at, targets, values: { row_weights: weights } }]));
    return { outcomes, moments: optimiser.state };
  });
}

function feeds(ort: typeof Ort, fed: typeof first, update: number): Record<string, Ort.Tensor> {
  const int64 = (values: Int32Array, dims: number[]): Ort.Tensor =>
    new ort.Tensor('int64', BigInt64Array.from(values, BigInt), dims);
  const padded = (values: Int32Array): Int32Array => Int32Array.from({ length: rows }, (_, i) => values[i] ?? 0);
  const scalar = (value: number): Ort.Tensor => new ort.Tensor('float32', Float32Array.of(value), []);
  return {
    ids: int64(fed.ids, [batch * length]),
    documents: int64(documents, [batch, length]),
    rows: int64(padded(fed.rows), [rows, 1]),
    targets: int64(padded(fed.targets), [rows, 1]),
    row_weights: new ort.Tensor(
      'float32',
      Float32Array.from({ length: rows }, (_, i) => fed.weights[i] ?? 0),
      [rows],
    ),
    learning_rate: scalar(update === 1 ? 0.03 : 0.02),
    first_correction: scalar(1 / (1 - 0.9 ** update)),
    second_correction: scalar(1 / Math.sqrt(1 - 0.95 ** update)),
  };
}

function close(found: number, expected: number, what: string): void {
  assert.ok(Math.abs(found - expected) < 2e-4 * Math.max(1, Math.abs(expected)), `${what}: ${found}, not ${expected}`);
}
