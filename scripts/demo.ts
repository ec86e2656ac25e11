/**
 * npm run demo: Reason and Fix on the broken files of samples/, by the real engine process, then the same by mutation alone and with a model of
 * random weights. `--mutate SEED` breaks the sound files of the samples afresh instead. The last line is `fixed: N/M`, the product's own figure.
 */
import path from 'node:path';
import { Command } from 'commander';
import { columns, summarise, taskTable } from '../src/bench/fix/report';
import { armNames, armSettings, runTask, type ArmName, type FixOutcome } from '../src/bench/fix/run';
import { committedTasks, mutantTasks, type FixTask, type TaskSet } from '../src/bench/fix/tasks';
import { EngineClient } from '../src/client';
import { budget as budgetNames, type Budget, type FixResult, type Progress, type TraceEntry } from '../src/protocol/messages';

const samples = path.join(__dirname, '..', 'samples');

interface DemoOptions {
  readonly mutate?: number;
  readonly mutants: number;
  readonly seed: number;
  readonly budget: Budget;
  readonly only?: string;
  readonly json: boolean;
}

function readOptions(): DemoOptions {
  const whole = (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 0) throw new Error(`not a whole number: ${text}`);
    return value;
  };
  const program = new Command('npm run demo --')
    .option('--mutate <seed>', 'break sound files afresh instead of using the committed bugs', whole)
    .option('--mutants <n>', 'how many to break', whole, 8)
    .option('--seed <n>', 'seed of the search and of the random weights', whole, 0)
    .option('--budget <name>', budgetNames.options.join(', '), (text: string) => budgetNames.parse(text), 'standard')
    .option('--only <text>', 'only tasks whose name holds this text')
    .option('--json', 'figures as one JSON object on standard output', false)
    .parse();
  return program.opts<DemoOptions>();
}

/** How many entries of each kind tell the story; attempts and proposals are counted elsewhere. */
const told: Readonly<Partial<Record<TraceEntry['kind'], number>>> = {
  failure: 2,
  suspect: 4,
  evidence: 3,
  note: 2,
  proof: 1,
  choice: 3,
};

function shortTrace(result: FixResult): string[] {
  const seen = new Map<string, number>();
  const short = result.trace.filter(({ kind }) => {
    const count = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, count);
    return count <= (told[kind] ?? 0);
  });
  return short.map((entry) => `  ${entry.at.toFixed(1).padStart(5)} s  ${entry.kind.padEnd(8)} ${firstLines(entry.text)}`);
}

function firstLines(text: string): string {
  const line = text.trim().split('\n').slice(0, 2).join(' / ');
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}

function shortDiff(diff: string): string[] {
  return diff.split('\n').filter((line) => /^[+-](?![+-]{2} )/.test(line)).map((line) => `    ${line}`); // prettier-ignore
}

/** Ctrl-C ends the engine and removes the temporary copy before the process goes. */
const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => { interrupted.abort(new Error(`Stopped by ${name}.`)); }); // prettier-ignore

async function runArm(
  arm: ArmName,
  set: TaskSet,
  tasks: readonly FixTask[],
  options: DemoOptions,
  say: (line: string) => void,
): Promise<FixOutcome[]> {
  const outcomes: FixOutcome[] = [];
  const { model } = armSettings(arm, options.seed);
  const client = new EngineClient({ model, log: (entry) => { if (entry.level === 'error') say(`  engine: ${entry.message}`); } }); // prettier-ignore
  try {
    const info = await client.start(interrupted.signal);
    const who = info.model
      ? `${info.model.id}, ${(info.model.parameters / 1e6).toFixed(1)}M parameters, on ${info.device.inUse}`
      : 'no model';
    say(`\n== ${arm} (${who}; budget ${options.budget})`);
    for (const task of tasks) {
      const { outcome, result } = await runTask(client, set, task, {
        arm,
        budget: options.budget,
        seed: options.seed,
        signal: interrupted.signal,
        onProgress: showProgress,
      });
      clearProgress();
      outcomes.push(outcome);
      if (arm === 'model + mutation') {
        say(`\n${task.id}: ${describe(outcome)}`);
        if (result) [...shortTrace(result), ...shortDiff(result.diff)].forEach(say);
      } else say(`${task.id}: ${describe(outcome)}`);
      if (outcome.error !== undefined) say(`  ${outcome.error}`);
    }
  } finally {
    await client.dispose();
  }
  return outcomes;
}

function describe(outcome: FixOutcome): string {
  const how = `${outcome.seconds.toFixed(1)} s, ${outcome.candidatesTried} candidates, ${outcome.testsRun} tests run`;
  return outcome.fixed ? `fixed by ${outcome.source} in ${how}` : `${outcome.status} after ${how}`;
}

function showProgress(progress: Progress): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K  ${firstLines(progress.message).slice(0, 100)}`);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
}

async function main(): Promise<void> {
  const options = readOptions();
  const say = options.json
    ? (line: string) => void process.stderr.write(`${line}\n`)
    : (line: string) => void process.stdout.write(`${line}\n`);
  if (options.mutate !== undefined) say(`breaking ${options.mutants} sound functions of the samples (seed ${options.mutate})`);
  const set =
    options.mutate === undefined
      ? await committedTasks(samples)
      : await mutantTasks(samples, options.mutants, options.mutate, interrupted.signal);
  try {
    const tasks = set.tasks.filter((task) => task.id.includes(options.only ?? ''));
    const outcomes: FixOutcome[] = [];
    for (const arm of armNames) outcomes.push(...(await runArm(arm, set, tasks, options, say)));
    say('');
    taskTable(outcomes).forEach(say);
    const totals = armNames.map((arm) => ({ arm, ...summarise(outcomes.filter((outcome) => outcome.arm === arm)) }));
    say('');
    const rows = totals.map((total) => [
      total.arm,
      `${total.fixed}/${total.tasks}`,
      total.totalSeconds.toFixed(1),
      total.medianSecondsToFix.toFixed(1),
      total.medianCandidates.toFixed(0),
    ]);
    columns([['', 'fixed', 'seconds in all', 'median to fix', 'median candidates'], ...rows]).forEach(say);
    if (options.json) process.stdout.write(`${JSON.stringify({ totals, outcomes }, null, 1)}\n`);
    say('');
    say(`fixed: ${totals[0]!.fixed}/${totals[0]!.tasks}`);
  } finally {
    await set.copy.dispose();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
