import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { CodeTokenizer } from '../../../../src/model/tokenizer';
import type { Batch } from '../../../../src/training/batch';
import { openData, type PretrainData } from '../../../../src/training/pretrain/data';
import { drawTextGap, gapOfKind, infillExample } from '../../../../src/training/pretrain/gaps';
import { cutByTokens, gapTasks } from '../../../../src/training/pretrain/infill-scores';
import { planOf, stageAt } from '../../../../src/training/pretrain/settings';
import { PretrainStream } from '../../../../src/training/pretrain/stream';
import { Random } from '../../../../src/training/random';
import { makeTokenizer } from '../../../../src/training/tokenizer/make';
import { specialId } from '../../../../src/training/tokenizer/pattern';
import { madeFile } from '../corpus/code';
import { smallCorpus, smallSettings } from './small-corpus';

describe('batches of a pre-training', () => {
  let folder: string;
  let data: PretrainData;
  before(async function () {
    this.timeout(60_000);
    folder = mkdtempSync(path.join(os.tmpdir(), 'unmask-stream-'));
    const corpus = await smallCorpus(folder);
    await makeTokenizer({ corpus, folder: path.join(folder, 't'), vocabulary: 600, length: 64 });
    data = await openData(corpus, path.join(folder, 't'));
  });
  after(() => {
    data.close();
    rmSync(folder, { recursive: true });
  });
  const stream = (): PretrainStream => new PretrainStream(data.train, smallSettings, data.text);
  const rowsOf = (batches: readonly Batch[]): number => batches.reduce((n, b) => n + b.rows.length, 0);

  it('go on from a saved place as if there had been no break, in every stage', () => {
    const whole = stream();
    for (let u = 0; u < 45; u++) {
      const rest = stream();
      rest.restore(JSON.parse(JSON.stringify(whole.state)) as never);
      const batches = whole.next();
      if (u % 7 === 0) assert.deepEqual(rest.next(), batches);
    }
  });

  it('are causal first, then masked with the whole sequence in sight, gaps of unknown length among them', () => {
    const all = stream();
    const plan = planOf(smallSettings);
    const mask = specialId('<|mask|>');
    const [grow, shrink] = [specialId('<|expand|>'), specialId('<|delete|>')];
    const seen = new Set<number>();
    for (let u = 0; u < plan.updates; u++) {
      const batches = all.next();
      const stage = stageAt(plan, u);
      const masks = batches.reduce((n, b) => n + b.ids.filter((id) => id === mask).length, 0);
      assert.equal(batches.every((b) => b.causal === true), stage === 'autoregressive'); // prettier-ignore
      assert.equal(masks > 0, stage !== 'autoregressive');
      assert.ok(batches.every((b) => b.batch <= smallSettings.atOnce && b.length === smallSettings.length));
      assert.ok(rowsOf(batches) > 0);
      for (const b of batches) for (const t of b.targets) if (t === grow || t === shrink) seen.add(t);
      if (stage !== 'diffusion') assert.ok(!seen.has(grow));
    }
    assert.ok(seen.has(grow) && seen.has(shrink));
  });

  it('take from functions and tests the shares that were set', () => {
    const all = stream();
    for (let u = 0; u < 40; u++) all.next();
    const { taken } = all.state;
    const total = taken.code + taken.function + taken.test;
    assert.ok(Math.abs(taken.function / total - smallSettings.sources.function) < 0.02, JSON.stringify(taken));
    assert.ok(Math.abs(taken.test / total - smallSettings.sources.test) < 0.02, JSON.stringify(taken));
  });

  it('the loss of a network that knows nothing is the logarithm of the vocabulary, in every stage', () => {
    const all = stream();
    for (let u = 0; u < 60; u++) {
      // Every row's loss is 1: weights add up to 1, on average where t decides them.
      const sums = Array.from(all.next(), (b) => b.values['row_weights']!.reduce((n, w) => n + w, 0));
      const sum = sums.reduce((n, w) => n + w, 0);
      if (u < 24) assert.ok(Math.abs(sum - 1) < 1e-3, `update ${u}: ${sum}`);
      else assert.ok(sum > 0.4 && sum < 1.6, `update ${u}: ${sum}`);
    }
  });

  it('gaps are parts of the text, of every kind, and their tokens are those of what stands around a cursor', () => {
    const random = Random.seeded(4);
    const tokenizer = data.tokenizer;
    for (let i = 0; i < 200; i++) {
      const text = madeFile(i, 3);
      const gap = drawTextGap(text, random)!;
      const example = infillExample(text, gap, (t) => data.text.encode(t));
      const joined = tokenizer.decode([...example.prefix, ...example.middle, ...example.suffix]);
      assert.equal(joined, text);
      assert.doesNotMatch(tokenizer.decode(example.prefix), /\S +$/);
    }
    const text = 'f(a, [b, c]);\nreturn x + 1;\n';
    const found = new Set(
      Array.from({ length: 200 }, () => gapOfKind('expression', text, random)).map((g) => g && text.slice(g.start, g.end)),
    );
    for (const expression of ['a', 'b', 'x + 1']) assert.ok(found.has(expression), [...found].join(' | '));
    const lines = new Set(
      Array.from({ length: 50 }, () => gapOfKind('lines', text, random, { characters: 99, lines: 1 })).map((g) =>
        text.slice(g!.start, g!.end),
      ),
    );
    assert.deepEqual([...lines].sort(), ['\nreturn x + 1;', 'f(a, [b, c]);', 'return x + 1;']);
  });

  it('tasks on held-out code are the same each time, and their middle has as many tokens as they say', async () => {
    const texts = await data.heldOutTexts();
    assert.ok(texts.length === 6);
    const tokenizer = await CodeTokenizer.load(path.join(folder, 't'));
    const tasks = gapTasks(texts, 5, cutByTokens(tokenizer));
    assert.deepEqual(tasks, gapTasks(texts, 5, cutByTokens(tokenizer)));
    assert.deepEqual([...new Set(tasks.map((t) => t.kind))], ['token', 'expression', 'line', 'three_lines']);
    for (const t of tasks) if (t.kind === 'three_lines') assert.equal(t.middle.trim().split('\n').length, 3);
  });

  it('characters are counted by code points, special tokens as none', () => {
    const text = madeFile(5);
    const counted = data.text.encode(text).reduce((n, id) => n + data.charactersOf(id), 0);
    assert.equal(counted, text.length);
    assert.equal(data.charactersOf(specialId('<|mask|>')), 0);
    assert.ok(data.charactersPerToken > 1);
  });
});
