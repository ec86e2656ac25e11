import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { CheckpointError, loadCheckpoint } from '../../../src/training/checkpoint';
import { constant, cosine } from '../../../src/training/optimiser/schedule';
import type { Parameter } from '../../../src/training/parameters';
import { resumeRun, resumeWeights } from '../../../src/training/run/resume';
import { runTraining, type RunOptions, type RunOutcome } from '../../../src/training/run/run';
import type { Trainer } from '../../../src/training/trainer';
import { root } from '../helpers/bundles';
import { CountingStream, optimisers, tinyParameters, tinyRunConfig, tinyTrainer, type OptimiserName } from './run-support';

const bits = (parameters: readonly Parameter[]): Record<string, Uint32Array> =>
  Object.fromEntries(parameters.map((p) => [p.name, new Uint32Array(p.data.buffer.slice(0))]));

interface Course {
  readonly weights: Parameter[];
  readonly trainer: Trainer;
  readonly stream: CountingStream;
  run(options: Partial<RunOptions>): Promise<RunOutcome>;
}

async function course(name: OptimiserName, options: Parameters<typeof tinyTrainer>[2] = {}): Promise<Course> {
  const weights = tinyParameters();
  const trainer = await tinyTrainer(weights, name, options);
  const stream = new CountingStream(tinyRunConfig, 2);
  return { weights, trainer, stream, run: (o) => runTraining({ trainer, stream, weights, until: {}, ...o }) };
}

function sameCourse(a: Course, b: Course): void {
  assert.deepEqual(bits(a.weights), bits(b.weights));
  assert.deepEqual(bits(a.trainer.optimiser.state), bits(b.trainer.optimiser.state));
  assert.deepEqual(a.trainer.state, b.trainer.state);
  assert.deepEqual(a.stream.state, b.stream.state);
}

/** Runs the child until it ends, or kills it so many milliseconds after its first update. */
async function child(folder: string, name: OptimiserName, updates: number, killAfter: number | null): Promise<string[]> {
  const script = path.join(root, 'test/unit/training/resume-child.ts');
  const running = spawn(process.execPath, ['--import', 'tsx', script, folder, name, String(updates)], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  let timer: NodeJS.Timeout | undefined;
  running.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    if (killAfter !== null && /^update/m.test(text)) timer ??= setTimeout(() => running.kill('SIGKILL'), killAfter);
  });
  const code = await new Promise<number | null>((done) => running.on('close', done));
  clearTimeout(timer);
  // Null: killed. A child that had finished before its time was up is no failure.
  if (killAfter === null) assert.equal(code, 0);
  else assert.ok(code === 0 || code === null, `the child ended with ${String(code)}`);
  return text.split('\n').filter((l) => l !== '');
}

describe('a training that is broken off', () => {
  let folder: string;
  const open: Trainer[] = [];
  const opened = async (...given: Parameters<typeof course>): Promise<Course> => {
    const made = await course(...given);
    open.push(made.trainer);
    return made;
  };
  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'unmask-resume-'))));
  afterEach(async () => {
    rmSync(folder, { recursive: true });
    await Promise.all(open.splice(0).map((t) => t.dispose()));
  });

  for (const name of Object.keys(optimisers) as OptimiserName[]) {
    it(`killed again and again and resumed, ends bit for bit as unbroken: ${name}`, async function () {
      this.timeout(120_000);
      const updates = 150;
      const told: string[][] = [];
      const startOf = (lines: string[]): number => Number(/^from (\d+)$/m.exec(lines.join('\n'))![1]);
      const fromTheMiddle = (): number => told.map(startOf).filter((s) => s > 0 && s < updates).length;
      // A slow machine may kill before the first checkpoint; it is then asked again.
      for (let kill = 0; kill < 3 || (fromTheMiddle() < 2 && kill < 9); kill++)
        told.push(await child(folder, name, updates, 20 + Math.random() * 130));
      told.push(await child(folder, name, updates, null));
      const starts = told.map(startOf);
      const story = `resumed from ${starts.join(', ')}`;
      assert.ok(fromTheMiddle() >= 2, `${story}: at least two processes went on from the middle`);
      // A kill loses what came after the last checkpoint, and damages none.
      assert.ok(!told.flat().some((l) => l.startsWith('passed over')), told.flat().join('\n'));
      assert.ok(
        starts.every((s, i) => i === 0 || s >= starts[i - 1]!),
        story,
      );
      const unbroken = await opened(name);
      await unbroken.run({ until: { updates } });
      const resumed = await opened(name);
      const from = await resumeRun({ ...resumed, folder });
      assert.equal(from?.updates, updates);
      sameCourse(resumed, unbroken);
    });

    it(`stopped by a signal in the middle of an update and resumed, ends bit for bit as unbroken: ${name}`, async () => {
      const unbroken = await opened(name, { schedule: cosine(0.02) });
      await unbroken.run({ until: { updates: 12 } });
      const first = await opened(name, { schedule: cosine(0.02) });
      const aborter = new AbortController();
      const { stream } = first;
      const next = stream.next.bind(stream);
      let drawn = 0;
      // The stream is ahead of the weights when the update is given up.
      stream.next = () => {
        if (++drawn === 6) aborter.abort();
        return next();
      };
      const broken = await first.run({
        until: { updates: 12 },
        signal: aborter.signal,
        checkpoints: { folder, everySeconds: 1e9 },
        extra: () => ({ rewards: [first.trainer.state.updates] }),
      });
      assert.deepEqual([broken.ended, broken.updates], ['signal', 5]);
      const second = await opened(name, { schedule: cosine(0.02) });
      const from = await resumeRun({ ...second, folder });
      assert.deepEqual([from?.updates, from?.extra, from?.seconds], [5, { rewards: [5] }, from?.seconds]);
      assert.deepEqual(second.stream.state, stream.state);
      const end = await second.run({ until: { updates: 12 }, from: from!, checkpoints: { folder } });
      assert.deepEqual([end.ended, end.updates], ['updates', 12]);
      assert.ok(end.seconds > from!.seconds);
      sameCourse(second, unbroken);
    });
  }

  it('saves as often as it is told, and at the end', async () => {
    const run = await opened('AdamW');
    const saved: string[] = [];
    const onCheckpoint = (file: string): unknown => saved.push(path.basename(file));
    await run.run({ until: { updates: 3 }, checkpoints: { folder, everySeconds: 0 }, onCheckpoint });
    assert.deepEqual(
      saved,
      [1, 2, 3].map((i) => `checkpoint-0000000${i}.safetensors`),
    );
    const from = { updates: 3, seconds: 0 };
    await run.run({ until: { updates: 5 }, checkpoints: { folder, everySeconds: 1e9 }, from, onCheckpoint });
    assert.deepEqual(saved.slice(3), ['checkpoint-00000005.safetensors']);
  });

  it('ends when its minutes are over, those of earlier processes included, and schedules see their share', async () => {
    const shares: number[] = [];
    const schedule: Parameters<typeof tinyTrainer>[2] = { schedule: ({ share }) => (shares.push(share), 0.01) };
    const run = await opened('AdamW', schedule);
    const end = await run.run({ until: { minutes: 0.01 }, from: { updates: 0, seconds: 0.3 } });
    assert.equal(end.ended, 'minutes');
    assert.ok(end.seconds >= 0.6 && end.seconds < 5, `${end.seconds} seconds`);
    assert.ok(shares[0]! >= 0.5 && shares[0]! < 1 && shares.at(-1)! <= 1 && shares.length > 3, shares.join(' '));
    assert.ok(shares.every((s, i) => i === 0 || s >= shares[i - 1]!));
  });

  it('a damaged newest checkpoint costs the way to the one before, and is told', async () => {
    const first = await opened('AdamW');
    await first.run({ until: { updates: 4 }, checkpoints: { folder, everySeconds: 0 } });
    const newest = path.join(folder, readdirSync(folder).sort().at(-1)!);
    writeFileSync(newest, 'half');
    const second = await opened('AdamW');
    const from = await resumeRun({ ...second, folder });
    assert.equal(from?.updates, 3);
    assert.match(from.passedOver.join(), /00000004.safetensors is damaged/);
    await second.run({ until: { updates: 4 }, from, checkpoints: { folder } });
    sameCourse(second, first);
    assert.equal((await loadCheckpoint(folder, { weights: second.weights }))?.file, newest);
  });

  it('goes on from weights alone with another optimiser, at learning rates that rise anew', async () => {
    const first = await opened('AdamW');
    await first.run({ until: { updates: 4 }, checkpoints: { folder } });
    const rates: number[] = [];
    const second = await opened('Muon', { schedule: constant(0.04), rewarmUpdates: 4 });
    await assert.rejects(resumeRun({ ...second, folder }), CheckpointError);
    const from = await resumeWeights({ ...second, folder });
    assert.deepEqual(bits(second.weights), bits(first.weights));
    assert.deepEqual(second.stream.state, first.stream.state);
    await second.run({
      until: { updates: 9 },
      from: from!,
      onUpdate: (o) => {
        rates.push(o.learningRate);
      },
    });
    assert.deepEqual(rates, [0.01, 0.02, 0.03, 0.04, 0.04]);
  });

  it('does not begin anew over the checkpoints of another training', async () => {
    const first = await opened('AdamW');
    await first.run({ until: { updates: 1 }, checkpoints: { folder } });
    const second = await opened('AdamW');
    await assert.rejects(second.run({ until: { updates: 1 }, checkpoints: { folder } }), /resume it, or choose another folder/);
  });

  it('an error of the caller ends the run and saves nothing more', async () => {
    const run = await opened('AdamW');
    const onUpdate = (_: unknown, at: { updates: number }): void => {
      if (at.updates === 2) throw new Error('full disk');
    };
    await assert.rejects(run.run({ until: { updates: 9 }, checkpoints: { folder }, onUpdate }), /full disk/);
    assert.deepEqual(readdirSync(folder), []);
  });
});
