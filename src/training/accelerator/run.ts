/** A training on an accelerator: plans are written, processes draw frames, and another process, which has the device, runs updates until the time is over. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { writeFileAtomically } from '../../model/atomic-file';
import type { TransformerConfig } from '../../model/config';
import { ModelError } from '../../model/errors';
import { readNetwork } from '../../model/network';
import { writeNetwork } from '../../model/network-write';
import { drawCurves } from '../log/curves';
import { readLog } from '../log/log';
import { passOnManifest } from '../manifest';
import { parametersOf, weightsOf } from '../parameters';
import { planOfUpdate, type Plan } from './plan';
import { stageGraph, type Stage } from './stages';

export interface AcceleratedJob {
  readonly folder: string;
  /** Model folder whose weights it goes on from; moments begin at zero. */
  readonly from: string;
  readonly corpus: string;
  /** Folder of `npm run tasks` and `npm run changes`, for `instruct`. */
  readonly tasks: string;
  readonly stages: readonly { readonly stage: Stage; readonly share: number }[];
  /** It ends after so many, or so many updates; shares are of what is nearer to its end. */
  readonly seconds: number;
  readonly updates: number;
  /** The learning rate rises to it in `warmUp` updates, stays until the share `level`, and falls in a straight line to nothing. */
  readonly peak: number;
  readonly warmUp: number;
  readonly level: number;
  readonly seed: number;
  /** Processes that draw. */
  readonly drawers: number;
  /** An interpreter with PyTorch and NumPy. */
  readonly python: string;
  /** Command line of a process that draws: options are appended. */
  readonly draw: readonly [command: string, ...args: string[]];
  readonly script: string;
  readonly signal: AbortSignal;
}

/** Frames of `pretrain` that lie ready, at most: each is used once. Those of other stages are kept, and drawn on from the first second. */
const ahead = 200;

/** Leaves a model folder for each stage, called as it is, log.jsonl and curves.svg. Throws ModelError, or ExecaError where a process fails. */
export async function accelerate(job: AcceleratedJob): Promise<void> {
  const { config, weights } = await readNetwork(job.from);
  const at = (...names: string[]): string => path.join(job.folder, ...names);
  await mkdir(job.folder, { recursive: true });
  let plan: Plan | undefined;
  for (const { stage } of job.stages) {
    await rm(at('frames', stage), { recursive: true, force: true });
    await mkdir(at('frames', stage), { recursive: true });
    const written = planOfUpdate(stageGraph(config, stage));
    await writeFile(at(`${stage}.json`), JSON.stringify(written.plan));
    await writeFile(at(`${stage}.bin`), written.constants);
    plan ??= written.plan;
  }
  if (!plan) throw new ModelError('there is no stage to be trained');
  await writeFile(at('state.bin'), stateOf(plan, parametersOf(config, weights)));
  const { execa } = await import('execa');
  const drawing = drawers(job).map(({ stage, seed }) => {
    const [command, ...args] = job.draw;
    const options = ['--stage', stage, '--seed', String(seed), '--model', job.from, '--corpus', job.corpus, '--tasks', job.tasks, '--out', at('frames', stage)]; // prettier-ignore
    const limit = stage === 'pretrain' ? ['--ahead', String(ahead)] : [];
    const process = execa(command, [...args, ...options, ...limit], {
      stdout: 'ignore',
      stderr: 'inherit',
      cancelSignal: job.signal,
    });
    // Lower than what feeds the device, which is waited for by all.
    if (process.pid !== undefined) os.setPriority(process.pid, 5);
    return process;
  });
  const failed = Promise.race(
    drawing.map((process) => process.then(() => Promise.reject(new Error('a process that draws has ended')))),
  );
  const playing = execa(
    job.python,
    [
      job.script,
      ...['--state', at('state.bin'), '--out', job.folder],
      ...(job.seconds < Infinity ? ['--seconds', String(job.seconds)] : []),
      ...(job.updates < Infinity ? ['--updates', String(job.updates)] : []),
      ...['--peak', String(job.peak), '--warm-up', String(job.warmUp), '--level', String(job.level)],
      ...job.stages.map(({ stage, share }) => `${at(stage)}:${at('frames', stage)}:${share}`),
    ],
    { stdout: 'inherit', stderr: 'inherit', cancelSignal: job.signal },
  );
  try {
    await Promise.race([playing, failed]);
  } finally {
    playing.kill();
    for (const process of drawing) process.kill();
    await Promise.allSettled([playing, ...drawing]);
    await rm(at('frames'), { recursive: true, force: true });
  }
  const svg = await drawCurves({ title: 'On an accelerator', runs: [{ name: 'training', records: readLog(at('log.jsonl')) }] });
  await writeFileAtomically(at('curves.svg'), [Buffer.from(svg)]);
  for (const [i, { stage }] of job.stages.entries())
    await writeModel(at(stage), { stage, from: job.from, config, plan, state: await readFile(at(`stage${i}.bin`)) });
}

function drawers({ stages, drawers: count, seed }: AcceleratedJob): { stage: Stage; seed: number }[] {
  const tunes = stages.some((s) => s.stage !== 'pretrain');
  // Masking is cheap: a quarter of the processes feeds the device.
  const masking = tunes ? Math.max(1, Math.floor(count / 4)) : count;
  return stages.flatMap(({ stage }) =>
    Array.from({ length: stage === 'pretrain' ? masking : Math.max(1, count - (stages.length > 1 ? masking : 0)) }, (_, i) => ({
      stage,
      seed: 1000 * seed + 100 * (stage === 'pretrain' ? 1 : 2) + i,
    })),
  );
}

type Named = readonly { readonly name: string; readonly data: Float32Array }[];

/** The weights one after another, in the order in which updates keep them. */
export function stateOf(plan: Plan, parameters: Named): Buffer {
  const byName = new Map(parameters.map((p) => [p.name, p.data]));
  return Buffer.concat(
    plan.kept.slice(0, plan.weights).map(({ name }) => {
      const data = byName.get(name)!;
      return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    }),
  );
}

const taught: Readonly<Record<Stage, readonly string[]>> = {
  pretrain: [],
  tune: ['proofread'],
  instruct: ['proofread', 'revise'],
};

interface Trained {
  readonly stage: Stage;
  readonly from: string;
  readonly config: TransformerConfig;
  readonly plan: Plan;
  readonly state: Buffer;
}

/** Writes the weights that training ended with as a model folder, in half precision; all else is that of the model it began with. */
async function writeModel(folder: string, { stage, from, config, plan, state }: Trained): Promise<void> {
  let at = 0;
  const parameters = plan.kept.slice(0, plan.weights).map(({ name, shape }) => {
    const bytes = 4 * shape.reduce((a, b) => a * b, 1);
    const data = new Float32Array(new Uint8Array(state.subarray(at, (at += bytes))).buffer);
    return { name, shape, data };
  });
  if (at !== state.length) throw new ModelError('these are weights of another network');
  await writeNetwork(folder, config, weightsOf(config, parameters), { dtype: 'F16', tokenizerFrom: from });
  await passOnManifest(from, folder, taught[stage]);
}
