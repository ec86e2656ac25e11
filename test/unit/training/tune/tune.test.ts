import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadCodeModel } from '../../../../src/diffusion/load';
import { readNetwork } from '../../../../src/model/network';
import { writeNetwork } from '../../../../src/model/network-write';
import { CodeTokenizer } from '../../../../src/model/tokenizer';
import { randomWeights } from '../../../../src/model/weights';
import { readLog } from '../../../../src/training/log/log';
import { networkOf } from '../../../../src/training/pretrain/sizes';
import type { RepairTask } from '../../../../src/training/tasks/repair/tasks';
import { changeOf } from '../../../../src/repair/model/canvas';
import { makeTokenizer } from '../../../../src/training/tokenizer/make';
import { exampleOf, repairCases } from '../../../../src/training/tune/examples';
import { callsReward } from '../../../../src/training/tune/reward';
import { isTuned, tune, tuneFiles } from '../../../../src/training/tune/run';
import { defaultTuning, type TuneSettings } from '../../../../src/training/tune/settings';
import { openSources } from '../../../../src/training/tune/sources';
import { rehearsalOf } from '../../../../src/training/tune/proofread/rehearsal';
import { atOnce, TuneStream } from '../../../../src/training/tune/stream';
import { smallCorpus } from '../pretrain/small-corpus';
import { smallTasks } from './small-tasks';

const length = 192;
const sizes = { length, completion: 96 };
const settings: TuneSettings = {
  ...defaultTuning.answers,
  minutes: 0.15,
  supervised: 0.5,
  sft: { ...defaultTuning.answers.sft, sequences: 10 },
  grpo: { ...defaultTuning.answers.grpo, prompts: 2, group: 2, innerUpdates: 2, completion: 64, tokensPerStep: 8 },
};

describe('tuning', function () {
  this.timeout(240_000);
  let folder: string;
  let tokenizer: CodeTokenizer;
  let tasks: RepairTask[];
  const at = (...names: string[]): string => path.join(folder, ...names);
  const jobIn = (name: string, more: Partial<TuneSettings> = {}) => ({
    folder: at(name),
    from: at('base'),
    corpus: at('corpus'),
    tasks: at('tasks'),
    settings: { ...settings, ...more },
    threads: 1,
  });
  const context = (signal = new AbortController().signal) => ({ signal, report: () => undefined });

  before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'unmask-tune-'));
    const corpus = await smallCorpus(folder);
    await makeTokenizer({ corpus, folder: at('tokenizer'), vocabulary: 600, length });
    tokenizer = await CodeTokenizer.load(at('tokenizer'));
    const config = networkOf('tiny', 600, length);
    await writeNetwork(at('base'), config, randomWeights(config, 1), { dtype: 'F16', tokenizerFrom: at('tokenizer') });
    tasks = await smallTasks(folder, corpus);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('an answer is worth what the calls say of it', async () => {
    const { broken, right } = repairCases(tasks, tokenizer, { length: 1000, completion: 100 });
    const reward = callsReward();
    assert.ok(broken.length >= 4);
    for (const one of broken) {
      const change = changeOf(one.shown, one.right);
      const answer = (text: string): string => `<reasoning>?</reasoning><answer>${change.from},${change.to}\n${text}\n</answer>`;
      // Asked for together, as a round does.
      const scores = await Promise.all(
        [answer(change.text), answer('  return undefined;'), answer('  ((('), 'return 1;', '<answer>keep</answer>'].map(
          async (text) => reward.score(one, text),
        ),
      );
      const [solved, wrong, torn, unreadable, kept] = scores.map((s) => s.total);
      assert.equal(solved, 1);
      assert.ok(wrong! >= 0.1 && wrong! < 0.5 && torn === 0.1 && unreadable === 0 && kept === 0, JSON.stringify(scores));
    }
    const [left, changed] = await Promise.all(
      ['<answer>keep</answer>', '<answer>1,1\nx\n</answer>'].map(async (text) => reward.score(right[0]!, text)),
    );
    assert.deepEqual([left!.total, left!.parts['kept'], changed!.total], [1, 1, 0]);
  });

  it('examples are prompt and completion of a case, within their room, and a stream goes on where it stopped', async () => {
    const { broken } = repairCases(tasks, tokenizer, sizes);
    for (const one of broken) {
      const example = exampleOf(one, tokenizer, true, sizes);
      if (!example) continue;
      assert.ok(example.prompt.length + example.completion.length < length);
      assert.match(tokenizer.decode(example.completion), /^<reasoning>[^]+<\/answer>$/);
    }
    const sources = await openSources(jobIn('x'), tokenizer, networkOf('tiny', 600, length), sizes);
    try {
      assert.ok(sources.edits.length > 0);
      const [one, other] = [new TuneStream(sources, settings, sizes), new TuneStream(sources, settings, sizes)];
      await one.next();
      await one.next();
      other.restore(one.state);
      assert.deepEqual(await other.next(), await one.next());
      const total = (await one.next()).reduce((n, b) => n + b.batch, 0);
      assert.ok(total >= 6 && total <= settings.sft.sequences, String(total));
    } finally {
      sources.data.close();
    }
  });

  it('what the rewarded part goes over again is the supervised mixture, in batches as large as its own', async () => {
    const { proofreading } = defaultTuning;
    const some = (rehearsal: number): TuneSettings => ({ ...proofreading, sft: { ...proofreading.sft, proofread: 0.5 }, grpo: { ...proofreading.grpo, rehearsal } }); // prettier-ignore
    const job = { ...jobIn('x'), settings: some(6) };
    const sources = await openSources(job, tokenizer, networkOf('tiny', 600, length), sizes);
    try {
      assert.equal(rehearsalOf(sources, some(0), sizes), undefined);
      // Without ranking no model is asked.
      const batches = await rehearsalOf(sources, some(6), sizes)!(null as never);
      assert.equal(batches.length, 2);
      for (const { batch, ids, hidden, rows } of batches) {
        assert.deepEqual([batch, ids.length, hidden?.length ?? ids.length], [atOnce, atOnce * length, atOnce * length]);
        assert.ok(rows.every((row) => row < 3 * length), 'no loss looks at what was added'); // prettier-ignore
      }
    } finally {
      sources.data.close();
    }
  });

  it('runs both phases, and leaves a model that the product loads', async () => {
    const outcome = await tune(jobIn('both'), context());
    assert.ok(outcome.updates > 0 && outcome.rounds > 0 && outcome.finished, JSON.stringify(outcome));
    assert.ok(await isTuned(at('both')));
    const metrics = readLog(at('both', tuneFiles.log)).flatMap((r) => (r.kind === 'update' ? [r.metrics] : []));
    assert.ok(metrics.some((m) => 'loss' in m) && metrics.some((m) => 'reward' in m));
    for (const name of [tuneFiles.supervised, tuneFiles.model]) {
      const loaded = await loadCodeModel({
        dir: at('both', name),
        device: 'cpu',
        threads: 1,
        gate: { run: (_, __, work) => work() },
      });
      assert.deepEqual(loaded.model.info.capabilities, ['infill', 'reason', 'revise']);
      await loaded.dispose();
    }
  });

  it('teaches to proofread: several mistakes in a window and which change mends one, then corrections that calls reward', async () => {
    const { sft } = defaultTuning.proofreading;
    const lesson = {
      ...defaultTuning.proofreading,
      sft: { ...sft, proofread: 0.5, ranking: 0.25 },
      grpo: { ...defaultTuning.proofreading.grpo, rehearsal: 5 },
      minutes: 0.2,
      supervised: 0.5,
    };
    const outcome = await tune({ ...jobIn('proofreading'), settings: lesson }, context());
    assert.ok(outcome.updates > 0 && outcome.rounds > 0 && outcome.finished, JSON.stringify(outcome));
    const metrics = readLog(at('proofreading', tuneFiles.log)).flatMap((r) => (r.kind === 'update' ? [r.metrics] : []));
    assert.ok(metrics.some((m) => 'loss' in m) && metrics.some((m) => 'reward.solved' in m || 'reward.kept' in m));
    const loaded = await loadCodeModel({
      dir: at('proofreading', tuneFiles.model),
      device: 'cpu',
      threads: 1,
      gate: { run: (_, __, work) => work() },
    });
    assert.deepEqual(loaded.model.info.capabilities, ['infill', 'proofread']);
    const weightsIn = async (...names: string[]) => (await readNetwork(at(...names))).weights.blocks[0]!.query;
    const [before, kept] = [await weightsIn('base'), await weightsIn('proofreading', tuneFiles.model)];
    assert.ok(kept.some((w, i) => w !== before[i]), 'it has learnt'); // prettier-ignore
    const text = tasks[0]!.text;
    const changes = [
      { start: text.indexOf('<'), end: text.indexOf('<') + 1, text: '<=' },
      { start: text.length, end: text.length, text: '' },
    ];
    const found = await loaded.model.proofread!({ text, start: 0, end: text.length, changes });
    assert.equal(found.tokens.map((t) => text.slice(t.start, t.end)).join(''), text);
    assert.ok(Number.isFinite(found.gains[0]) && found.gains[1] === null, JSON.stringify(found.gains));
    await loaded.dispose();
  });

  it('stopped while it is supervised, it keeps what it has and goes on from there', async () => {
    const stop = new AbortController();
    const job = jobIn('stopped', { arm: 'sft', minutes: 0.2 });
    setTimeout(() => { stop.abort(new Error('enough')); }, 6000); // prettier-ignore
    const first = await tune(job, context(stop.signal));
    assert.ok(!first.finished && first.updates > 0 && !existsSync(at('stopped', tuneFiles.model)), JSON.stringify(first));
    const second = await tune(job, context());
    assert.ok(second.finished && second.updates > first.updates);
  });
});
