/**
 * Where the right change stands among all candidates, and what the model's opinion would do to that:
 * `npx tsx test/unit/repair/dev/rank.ts [--tasks FOLDER [--held-out]] [--every 4] [--skip 0] [--top 150] [--random] [--read]` prints one JSON line a task, for `weigh.ts`; with --read what
 * proofreading says alone, which is quick. FOLDER: what
 * `npm run tasks` made, of training packages unless told otherwise; without it, the development set.
 */
import path from 'node:path';
import { loadCodeModel } from '../../../../src/diffusion/load';
import { createRunGate } from './gate';
import { readProof, readSurprise } from '../../../../src/repair/model/surprise';
import { readingRegions, suspectRegions } from '../../../../src/repair/model/regions';
import { scoreCandidates } from '../../../../src/repair/model/score';
import { readSpectrum } from '../../../../src/repair/localise/spectrum';
import { failureBoosts } from '../../../../src/repair/localise/signature';
import { createSuspicion } from '../../../../src/repair/localise/suspicion';
import { chooseTargets } from '../../../../src/repair/localise/targets';
import { proposeMutations } from '../../../../src/repair/propose/mutations';
import { CandidatePool } from '../../../../src/repair/search/pool';
import { tokensOf } from '../../../../src/repair/source/edits';
import { loadTypescript, parseSource } from '../../../../src/repair/source/parse';
import { readVocabulary } from '../../../../src/repair/source/vocabulary';
import { readRepairTasks } from '../../../../src/training/tasks/repair/task-files';
import { devFunctions } from './tasks';
import { createVmVerifier, freshRealm, printed } from './vm-verifier';

const option = (name: string, fallback: string): string => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : (process.argv[at + 1] ?? fallback);
};

async function main(): Promise<void> {
  const ts = loadTypescript();
  const dir = path.resolve(option('model', 'model-assets/unmask-tiny'));
  const loaded = process.argv.includes('--none')
    ? null
    : await loadCodeModel({
        dir,
        device: 'cpu',
        threads: 1,
        gate: createRunGate(),
        ...(process.argv.includes('--random') ? { randomSeed: 1 } : {}),
      });
  const every = Number(option('every', '4'));
  const top = Number(option('top', '150'));
  const folder = option('tasks', '');
  for (const [index, dev] of (folder === '' ? ownCases() : await taskCases(folder)).entries()) {
    const { broken, kind } = dev;
    if (index % every !== Number(option('skip', '0'))) continue;
    freshRealm();
    const expected = printed(dev.code, dev.visible, ts).values;
    if (printed(broken, dev.visible, ts).values.join() === expected.join()) continue;
    const verifier = createVmVerifier({ file: 'dev.js', calls: dev.visible, expected }, broken, ts, () => undefined);
    const unit = parseSource(ts, '/dev/dev.js', broken);
    const spectrum = readSpectrum(verifier.baseline, 'dev.js', broken.length);
    const targets = chooseTargets(verifier.baseline, 'dev.js', spectrum, {});
    const suspicion = createSuspicion({ unit, file: 'dev.js', spectrum, failing: targets.failing, guards: targets.guards });
    const boosts = failureBoosts(targets.failing);
    const vocabulary = readVocabulary(
      unit,
      targets.failing.flatMap((t) => [t.failure?.expected ?? '', t.failure?.actual ?? '']),
    );
    const pool = new CandidatePool({ unit, suspicion, boosts, rounds: 0 });
    pool.add(proposeMutations({ unit, vocabulary, boosts, wanted: (a, b) => suspicion.at(a, b) > 0 }));
    const goal = tokensOf(ts, dev.code).join(' ');
    const ordered = pool.peek(pool.size);
    const isRight = ordered.map((c) => {
      const turn = pool.admit(c);
      return turn !== undefined && tokensOf(ts, turn.text).join(' ') === goal;
    });
    const rank = isRight.indexOf(true);
    const chosen = ordered.filter((_, i) => i < top || isRight[i]);
    const started = performance.now();
    let surpriseMs = 0;
    const surprised = new Map<number, number>();
    if (loaded) {
      const { model } = loaded;
      for (const region of model.proofread && !process.argv.includes('--parts')
        ? readingRegions(unit, suspicion, model)
        : suspectRegions(unit, suspicion, model)) {
        const found = model.proofread
          ? await readProof({ proofread: model.proofread }, unit, region, chosen, {})
          : await readSurprise(model, unit, region, {});
        found.rank(pool);
      }
      surpriseMs = performance.now() - started;
      for (const c of chosen) {
        if (c.modelGain === undefined) continue;
        surprised.set(c.id, c.modelGain);
        delete c.modelGain;
      }
      if (!process.argv.includes('--read')) await scoreCandidates(loaded.model, unit, pool, chosen, {});
    }
    const ms = performance.now() - started;
    const candidates = chosen.map((c) => ({
      op: c.operator,
      base: round(c.base),
      gain: c.modelGain === undefined ? null : round(c.modelGain),
      tokens: c.tokensAdded ?? null,
      proof: c.proofGain === undefined ? null : round(c.proofGain),
      surprise: surprised.has(c.id) ? round(surprised.get(c.id)!) : null,
      right: isRight[ordered.indexOf(c)],
      text: c.edits
        .map((e) => e.text)
        .join(' | ')
        .slice(0, 60),
    }));
    console.log(
      JSON.stringify({
        name: dev.name,
        kind,
        total: ordered.length,
        rank,
        surpriseMs: Math.round(surpriseMs),
        ms: Math.round(ms),
        candidates,
      }),
    );
  }
  await loaded?.dispose();
}

interface Case {
  readonly name: string;
  readonly code: string;
  readonly broken: string;
  readonly kind: string;
  readonly visible: readonly string[];
}

function ownCases(): Case[] {
  return devFunctions.flatMap(({ name, code, bugs, visible }) =>
    bugs.map(([from, to, kind]) => ({ name, code, broken: code.replace(from, () => to), kind, visible })),
  );
}

/** One mistake of each function. */
async function taskCases(folder: string): Promise<Case[]> {
  return (await readRepairTasks(folder, process.argv.includes('--held-out') ? 'held-out' : 'train')).map(
    ({ name, text, calls, mistakes }, i) => {
      const mistake = mistakes[i % mistakes.length]!;
      return {
        name,
        code: text,
        broken: mistake.text,
        kind: mistake.kind,
        visible: calls.map((call) => `${name}(${call.arguments})`),
      };
    },
  );
}

const round = (x: number): number => Math.round(x * 1000) / 1000;

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
