import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readNetwork } from '../../../src/model/network';
import { runtime, type Ort } from '../../../src/model/runtime';
import { gradients } from '../../../src/onnx/autodiff/gradients';
import { GraphBuilder } from '../../../src/onnx/graph';
import { gather } from '../../../src/onnx/ops';
import { serialize } from '../../../src/onnx/serialize';
import type { Batch } from '../../../src/training/batch';
import { logProbabilities } from '../../../src/training/graph/head';
import { clippedPolicyLoss, weightedCrossEntropy, type LossBuilder } from '../../../src/training/graph/losses';
import { cpuTraining, webgpuTraining } from '../../../src/training/graph/lowering';
import { TrainingSession } from '../../../src/training/graph/training-session';
import { groupAdvantages, policyBatch } from '../../../src/training/objectives/grpo';
import { completionMask, sftBatch } from '../../../src/training/objectives/sft';
import { parametersOf } from '../../../src/training/parameters';
import { goldenFolder } from '../helpers/golden';

interface SftCase {
  name: string;
  B: number;
  N: number;
  V: number;
  clean_ids: number[][];
  noisy_input_ids: number[][];
  labels: number[][];
  t: number[];
  num_prompt_tokens: number;
  logits: number[];
  loss: number;
  grad_logits: number[];
}

interface GrpoCase {
  name: string;
  B: number;
  P: number;
  L: number;
  V: number;
  mask_id: number;
  eos_id: number;
  beta: number;
  epsilon: number;
  num_iterations: number;
  num_generations: number;
  iteration_used: number;
  rewards: number[];
  advantages: number[];
  completion_ids: number[][];
  prompt_ids: number[][];
  completion_mask: number[][];
  logits: number[];
  old_per_token_logps: number[] | null;
  ref_per_token_logps: number[] | null;
  per_token_logps: number[];
  loss: number;
  metric_kl: number | null;
  metric_clip_ratio: number;
  fed_to_model_this_seed: number[][];
  grad_logits: number[];
  perturbed_input_fed_to_model: number[][];
}

type ParameterGradients = Record<string, { l2: number; sum: number }>;

interface Golden<Case> {
  cases: Case[];
  end_to_end: Case & { model_folder: string; parameter_gradients: ParameterGradients };
}

function golden<Case>(name: string): Golden<Case> {
  return JSON.parse(readFileSync(path.join(goldenFolder, 'losses', name), 'utf8')) as Golden<Case>;
}

function close(actual: number, expected: number, relative: number, absolute: number, what: string): void {
  const bound = absolute + relative * Math.abs(expected);
  assert.ok(Math.abs(actual - expected) <= bound, `${what}: ${actual}, reference ${expected}, allowed ${bound}`);
}

/** Loss, metrics and gradient by the logits of all rows [B*N, V]. */
async function fromLogits(
  logits: readonly number[],
  vocabulary: number,
  batch: Batch,
  builder: LossBuilder,
): Promise<Record<string, Float32Array>> {
  const ort = await runtime();
  const g = new GraphBuilder('loss');
  const count = batch.rows.length;
  const all = g.input('logits', 'float32', [logits.length / vocabulary, vocabulary]);
  const rows = gather(g, all, g.input('rows', 'int64', [count]));
  const logp = logProbabilities(g, rows, g.input('targets', 'int64', [count]));
  const { loss, metrics, fused } = builder(g, logp.value);
  for (const [name, value] of Object.entries({ ...metrics, loss, logp: logp.value })) g.output(name, value);
  g.output('gradient', gradients(g, loss, [all], { fused: [logp.fused, ...fused] })[0]!);
  const session = await ort.InferenceSession.create(serialize(g.build()), { logSeverityLevel: 3 });
  try {
    const int64 = (v: Int32Array): Ort.Tensor => new ort.Tensor('int64', BigInt64Array.from(v, BigInt), [v.length]);
    const feeds: Record<string, Ort.Tensor> = {
      logits: new ort.Tensor('float32', Float32Array.from(logits), [logits.length / vocabulary, vocabulary]),
      rows: int64(batch.rows),
      targets: int64(batch.targets),
      ...Object.fromEntries(Object.entries(batch.values).map(([n, v]) => [n, new ort.Tensor('float32', v, [v.length])])),
    };
    const wanted = Object.fromEntries(session.inputNames.map((n) => [n, feeds[n]!]));
    const results = await session.run(wanted);
    return Object.fromEntries(Object.entries(results).map(([n, t]) => [n, t.data as Float32Array]));
  } finally {
    await session.release();
  }
}

/** The reference's noise (which positions it masked, at which t) as our batch. */
function sftBatchOf(c: SftCase): Batch {
  return sftBatch({
    batch: c.B,
    length: c.N,
    clean: Int32Array.from(c.clean_ids.flat()),
    noisy: Int32Array.from(c.noisy_input_ids.flat()),
    masked: Uint8Array.from(c.labels.flat(), (l) => (l === -100 ? 0 : 1)),
    t: Float64Array.from({ length: c.B }, (_, b) => c.t[b * c.N]!),
    denominator: c.B * c.N - c.num_prompt_tokens,
  });
}

function policyBatchOf(c: GrpoCase, advantages: readonly number[], perturbed: readonly number[][]): Batch {
  const used = (values: readonly number[]): Float32Array =>
    Float32Array.from(values.slice(c.iteration_used * c.B * c.L, (c.iteration_used + 1) * c.B * c.L));
  return policyBatch({
    batch: c.B,
    promptLength: c.P,
    completionLength: c.L,
    ids: Int32Array.from(perturbed.flat()),
    completions: Int32Array.from(c.completion_ids.flat()),
    counted: Uint8Array.from(c.completion_mask.flat()),
    advantages: Float64Array.from(advantages),
    ...(c.old_per_token_logps ? { oldLogp: used(c.old_per_token_logps) } : {}),
    ...(c.ref_per_token_logps ? { refLogp: used(c.ref_per_token_logps) } : {}),
  });
}

function policyOf(c: GrpoCase): LossBuilder {
  return clippedPolicyLoss({ epsilon: c.epsilon, beta: c.beta, onPolicy: c.num_iterations === 1 });
}

/** Gradient of our parameter (matrices [in,out], which changes neither norm nor sum) by its LLaDA name. */
function parameterName(reference: string): string {
  const parts: Record<string, string> = {
    attn_norm: 'attentionNorm',
    attn_out: 'attentionOut',
    ff_norm: 'mlpNorm',
    ff_out: 'down',
    ff_proj: 'gate',
    up_proj: 'up',
    q_proj: 'query',
    k_proj: 'key',
    v_proj: 'value',
  };
  const block = /blocks\.(\d+)\.(\w+)\.weight$/.exec(reference);
  if (block) return `block${block[1]!}.${parts[block[2]!]!}`;
  const whole: Record<string, string> = { ff_out: 'head', ln_f: 'finalNorm', wte: 'embedding' };
  return whole[/transformer\.(\w+)\.weight$/.exec(reference)![1]!]!;
}

async function checkEndToEnd(
  end: { model_folder: string; loss: number; parameter_gradients: ParameterGradients },
  batch: Batch,
  loss: LossBuilder,
  lowering = cpuTraining,
): Promise<Float32Array> {
  const { config, weights } = await readNetwork(path.join(goldenFolder, path.basename(end.model_folder)));
  const session = await TrainingSession.create(config, parametersOf(config, weights), {
    // The plain products of the other lowering are checked on this provider too.
    lowering: { ...lowering, provider: 'cpu' },
    batch: batch.batch,
    length: batch.length,
    loss,
  });
  try {
    const outcome = await session.step(batch);
    close(outcome.loss, end.loss, 1e-5, 0, 'loss');
    const expected = Object.entries(end.parameter_gradients);
    assert.equal(session.gradients.size, expected.length);
    for (const [reference, { l2, sum }] of expected) {
      const gradient = session.gradients.get(parameterName(reference))!;
      close(Math.sqrt(gradient.reduce((a, v) => a + v * v, 0)), l2, 1e-4, 0, `norm of the gradient by ${reference}`);
      close(
        gradient.reduce((a, v) => a + v, 0),
        sum,
        0,
        1e-3,
        `sum of the gradient by ${reference}`,
      );
    }
    return outcome.logp;
  } finally {
    await session.dispose();
  }
}

describe('losses against d1 (outside reference)', () => {
  describe('masked SFT', () => {
    const { cases, end_to_end: end } = golden<SftCase>('sft.json');

    for (const c of cases) {
      it(`from given logits: ${c.name}`, async () => {
        const found = await fromLogits(c.logits, c.V, sftBatchOf(c), weightedCrossEntropy);
        close(found['loss']![0]!, c.loss, 1e-6, 1e-6, 'loss');
        c.grad_logits.forEach((e, i) => {
          close(found['gradient']![i]!, e, 0, 1e-6, `gradient by logit ${i}`);
        });
      });
    }

    for (const [name, lowering] of Object.entries({ cpuTraining, webgpuTraining })) {
      it(`end to end, ${name}`, async () => {
        await checkEndToEnd(end, sftBatchOf(end), weightedCrossEntropy, lowering);
      });
    }
  });

  describe('Diffu-GRPO', () => {
    const { cases, end_to_end: end } = golden<GrpoCase>('grpo.json');

    for (const c of cases) {
      it(`from given logits: ${c.name}`, async () => {
        const advantages = groupAdvantages(c.rewards, c.num_generations);
        c.advantages.forEach((e, i) => {
          close(advantages[i]!, e, 0, 1e-6, `advantage ${i}`);
        });
        const mask = completionMask(Int32Array.from(c.completion_ids.flat()), c.L, c.eos_id);
        assert.deepEqual([...mask], c.completion_mask.flat(), 'tokens counted');
        const found = await fromLogits(c.logits, c.V, policyBatchOf(c, [...advantages], c.fed_to_model_this_seed), policyOf(c));
        close(found['loss']![0]!, c.loss, 1e-6, 1e-6, 'loss');
        close(found['clip_share']![0]!, c.metric_clip_ratio, 1e-6, 0, 'share clipped');
        if (c.metric_kl === null) assert.equal(found['kl'], undefined);
        else close(found['kl']![0]!, c.metric_kl, 1e-6, 1e-6, 'KL');
        c.per_token_logps.forEach((e, i) => {
          close(found['logp']![i]!, e, 1e-6, 1e-6, `log-probability ${i}`);
        });
        c.grad_logits.forEach((e, i) => {
          close(found['gradient']![i]!, e, 0, 1e-6, `gradient by logit ${i}`);
        });
      });
    }

    for (const [name, lowering] of Object.entries({ cpuTraining, webgpuTraining })) {
      it(`end to end, ${name}`, async () => {
        const batch = policyBatchOf(end, end.advantages, end.perturbed_input_fed_to_model);
        const logp = await checkEndToEnd(end, batch, policyOf(end), lowering);
        end.per_token_logps.forEach((e, i) => {
          close(logp[i]!, e, 0, 5e-5, `log-probability ${i}`);
        });
      });
    }
  });
});
