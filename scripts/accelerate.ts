/**
 * npm run accelerate: trains the embedded model on from its weights for some minutes on an accelerator that PyTorch has kernels for (without one: on the processor, slowly).
 * Graph, gradients, optimiser and data are this trainer's own; see docs/pretraining.md.
 *   --folder FOLDER      what it makes (default .cache/accelerator): log.jsonl, and a model folder for each stage
 *   --from MODEL         weights to go on from (default: the embedded model's)
 *   --seconds N, --updates N      of training in all (default 555 seconds)
 *   --stages LIST        stages with their shares: pretrain, tune, instruct (default pretrain:0.6,tune:0.4)
 *   --peak RATE --warm-up UPDATES --level SHARE      learning rate: up, level until that share of the time, down to nothing (default 5e-3, 200, 0.4)
 *   --corpus FOLDER --tasks FOLDER --drawers N --seed N --python INTERPRETER
 */
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { draw } from '../src/training/accelerator/draw';
import { accelerate } from '../src/training/accelerator/run';
import { stages, type Stage } from '../src/training/accelerator/stages';
import { CorpusError } from '../src/training/corpus/manifest';
import { ModelError } from '../src/model/errors';

const root = path.join(__dirname, '..');

const stop = new AbortController();

async function main(): Promise<void> {
  const string = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      folder: { ...string, default: path.join(root, '.cache/accelerator') },
      from: { ...string, default: path.join(root, 'model-assets/unmask-tiny') },
      corpus: { ...string, default: path.join(root, '.cache/corpus') },
      tasks: { ...string, default: path.join(root, '.cache/tasks') },
      stages: { ...string, default: 'pretrain:0.6,tune:0.4' },
      seconds: string,
      updates: string,
      peak: { ...string, default: '5e-3' },
      'warm-up': { ...string, default: '200' },
      level: { ...string, default: '0.4' },
      drawers: { ...string, default: String(Math.max(2, os.availableParallelism() - 1)) },
      seed: { ...string, default: '1' },
      python: { ...string, default: 'python3' },
      // Of `draw`, which this command runs as processes beside it.
      stage: { ...string, default: 'pretrain' },
      model: { ...string, default: path.join(root, 'model-assets/unmask-tiny') },
      out: string,
      ahead: string,
      frames: string,
    },
  });
  if (positionals[0] === 'draw') {
    const { model, corpus, tasks, out, ahead = 'Infinity', frames = 'Infinity' } = values;
    if (out === undefined) throw new ModelError('--out says where frames go');
    await draw({ stage: stageNamed(values.stage), model, corpus, tasks, out, seed: number(values.seed), ahead: number(ahead), frames: number(frames) }); // prettier-ignore
    return;
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => { stop.abort(); }); // prettier-ignore
  await accelerate({
    folder: path.resolve(values.folder),
    from: path.resolve(values.from),
    corpus: path.resolve(values.corpus),
    tasks: path.resolve(values.tasks),
    stages: values.stages.split(',').map((part) => {
      const [name = '', share = '1'] = part.split(':');
      return { stage: stageNamed(name), share: number(share) };
    }),
    seconds: number(values.seconds ?? (values.updates === undefined ? '555' : 'Infinity')),
    updates: number(values.updates ?? 'Infinity'),
    peak: number(values.peak),
    warmUp: number(values['warm-up']),
    level: number(values.level),
    seed: number(values.seed),
    drawers: number(values.drawers),
    python: values.python,
    draw: [process.execPath, '--import', 'tsx', __filename, 'draw'],
    script: path.join(__dirname, 'accelerate.py'),
    signal: stop.signal,
  });
}

function stageNamed(name: string): Stage {
  const found = stages.find((s) => s === name);
  if (!found) throw new ModelError(`there is no stage "${name}": ${stages.join(' or ')}`);
  return found;
}

function number(text: string): number {
  const value = Number(text);
  if (Number.isNaN(value) || value < 0) throw new ModelError(`"${text}" is no number of anything`);
  return value;
}

main().catch((error: unknown) => {
  const expected = error instanceof ModelError || error instanceof CorpusError;
  console.error(stop.signal.aborted ? 'stopped: nothing was written' : expected ? error.message : error);
  process.exitCode = 1;
});
