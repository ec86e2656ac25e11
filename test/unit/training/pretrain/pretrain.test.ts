import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { loadCodeModel } from '../../../../src/diffusion/load';
import { readLog } from '../../../../src/training/log/log';
import { runPretrain, type PretrainOptions } from '../../../../src/training/pretrain/command';
import type { Job } from '../../../../src/training/pretrain/job';
import { readProgress } from '../../../../src/training/pretrain/milestone';
import { planOf } from '../../../../src/training/pretrain/settings';
import { makeTokenizer } from '../../../../src/training/tokenizer/make';
import { root } from '../../helpers/bundles';
import { smallCorpus, smallSettings } from './small-corpus';

const every = { checkpoint: 0.2, evaluation: 1e6, milestone: 1e6 };
const heldOut = { sequences: 8, gaps: 3 };

describe('pre-training', function () {
  this.timeout(180_000);
  let folder: string;
  let corpus: string;
  let tokenizer: string;
  let charactersPerToken: number;
  const at = (...names: string[]): string => path.join(folder, ...names);
  before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'unmask-pretrain-'));
    corpus = await smallCorpus(folder);
    tokenizer = at('tokenizer');
    ({ charactersPerToken } = await makeTokenizer({ corpus, folder: tokenizer, vocabulary: 600, length: 64 }));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const jobIn = (name: string): Job => ({
    folder: at(name),
    corpus,
    tokenizer,
    settings: smallSettings,
    from: null,
    minutes: null,
    threads: 1,
    every,
    heldOut,
  });

  /** Runs the child until it ends, or kills it so many updates after it began. Returns its lines. */
  async function child(job: Job, killAfter: number | null): Promise<string[]> {
    const script = path.join(root, 'test/unit/training/pretrain/pretrain-child.ts');
    const running = spawn(process.execPath, ['--import', 'tsx', script, JSON.stringify(job)], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    running.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (killAfter !== null && (text.match(/^update/gm) ?? []).length >= killAfter) running.kill('SIGKILL');
    });
    const code = await new Promise<number | null>((done) => running.on('close', done));
    assert.equal(code, killAfter === null ? 0 : null);
    return text.split('\n').filter((l) => l !== '');
  }

  const commandIn = (name: string, more: Partial<PretrainOptions> = {}): PretrainOptions => ({
    folder: at(name),
    corpus,
    tokenizer,
    vocabulary: 600,
    from: null,
    minutes: null,
    threads: 1,
    every,
    heldOut,
    settings: smallSettings,
    display: new PassThrough().resume(),
    signal: new AbortController().signal,
    worker: { entry: path.join(root, 'src/training/pretrain/worker.ts'), nodeArguments: ['--import', 'tsx'] },
    ...more,
  });

  it('killed in the middle and resumed, ends bit for bit as unbroken, in a model that the product loads and infills with', async () => {
    const { updates, begins } = planOf(smallSettings);
    assert.deepEqual([updates, begins.adaptation, begins.diffusion], [60, 24, 30]);
    await child(jobIn('broken'), 15);
    await child(jobIn('broken'), 20);
    const end = await runPretrain(commandIn('broken'));
    assert.deepEqual(end, { kind: 'finished', result: { updates, finished: true } });
    await child(jobIn('unbroken'), null);
    const weights = (name: string): Buffer => readFileSync(at(name, 'model', 'model.safetensors'));
    assert.ok(weights('broken').equals(weights('unbroken')));

    const log = readLog(at('broken', 'log.jsonl'));
    const losses = log.flatMap((r) => (r.kind === 'update' ? [r.metrics['loss']!] : []));
    assert.equal(losses.length, updates);
    const mean = (of: number[]): number => of.reduce((a, b) => a + b, 0) / of.length;
    assert.ok(mean(losses.slice(19, 24)) < mean(losses.slice(0, 5)) - 1, losses.slice(0, 24).join(' '));
    const scores = log.flatMap((r) => (r.kind === 'evaluation' ? [r.metrics] : []));
    assert.ok(scores[0]!['autoregressive_bits_per_character']! < 3);
    assert.ok(scores.at(-1)!['diffusion_bits_per_character']! < 8);
    assert.ok('exact_line' in scores.at(-1)!);
    assert.ok(readdirSync(at('broken')).includes('curves.svg'));
    assert.match(
      readFileSync(at('broken', 'model', 'README.md'), 'utf8'),
      new RegExp(`${charactersPerToken.toFixed(2)} characters each`),
    );

    const loaded = await loadCodeModel({
      dir: at('broken', 'model'),
      device: 'cpu',
      threads: 1,
      gate: { run: (_urgency, _signal, work) => work() },
    });
    const { model } = loaded;
    try {
      assert.deepEqual([model.info.id, model.info.maxSequence, model.info.capabilities], ['unmask-tiny', 64, ['infill']]);
      const found = await model.infill({ prefix: 'function f(a) {\n  return ', suffix: ';\n}\n', samples: 2, maxTokens: 8 });
      assert.ok(found.length > 0 && found.every((f) => f.text.length > 0 && !f.text.includes('<|')));
    } finally {
      await loaded.dispose();
    }
  });

  it('goes on from the half-precision weights of a model folder alone, with learning rates that rise anew', async () => {
    const from = at('unbroken', 'model');
    const progress = (await readProgress(from))!;
    const longer = { tokens: smallSettings.tokens * 1.2 };
    const end = await runPretrain(commandIn('continued', { from, tokenizer: null, settings: longer }));
    assert.deepEqual(end, { kind: 'finished', result: { updates: 72, finished: true } });
    const log = readLog(at('continued', 'log.jsonl')).flatMap((r) => (r.kind === 'update' ? [r] : []));
    assert.deepEqual([log[0]!.step, log.length], [progress.updates + 1, 12]);
    const rates = log.map((r) => r.metrics['learning_rate']!);
    assert.ok(rates[0]! < rates[3]!);
    // It begins where it ended, not anew.
    assert.ok(log[0]!.metrics['loss']! < Math.log(600) - 1);
    assert.equal((await readProgress(at('continued', 'model')))!.updates, 72);
  });

  it('stops when it is told to, with a checkpoint, and goes on; another size in the same folder is refused', async () => {
    const stop = new AbortController();
    const display = new PassThrough();
    display.on('data', (text: Buffer) => {
      if (text.includes('update')) stop.abort();
    });
    const end = await runPretrain(commandIn('stopped', { display, signal: stop.signal }));
    assert.equal(end.kind, 'cancelled');
    assert.ok(readdirSync(at('stopped', 'checkpoints')).length > 0);
    await assert.rejects(runPretrain(commandIn('stopped', { settings: { size: '6M' } })), /another size/);
    const rest = await runPretrain(commandIn('stopped', { minutes: 0.001 }));
    assert.equal(rest.kind, 'finished');
    assert.equal((rest.result as { finished: boolean }).finished, false);
  });
});
