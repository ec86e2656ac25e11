/** npm run bench:fix: fix rate and seconds at each budget on fresh mutants of the samples, for the product, mutation alone and random weights. */
import path from 'node:path';
import { Command } from 'commander';
import { benchFix, type Connect } from '../src/bench/fix/bench';
import { budgetTable } from '../src/bench/fix/report';
import { armNames, type ArmName } from '../src/bench/fix/run';
import { mutantTasks } from '../src/bench/fix/tasks';
import { EngineClient } from '../src/client';
import { budget as budgetNames, type Budget } from '../src/protocol/messages';

interface Options {
  readonly mutants: string;
  readonly seed: string;
  readonly budgets: string;
  readonly arms?: string;
  readonly file: string;
  readonly full: boolean;
  readonly json: boolean;
}

const connect: Connect = async (model) => {
  const client = new EngineClient({ model });
  try {
    await client.start();
  } catch (error) {
    await client.dispose();
    throw error;
  }
  return client;
};

async function main(): Promise<void> {
  const options = new Command('npm run bench:fix --')
    .option('--mutants <n>', 'how many functions to break', '30')
    .option('--seed <n>', 'of the mutants and of the search', '1')
    .option('--budgets <names>', 'comma-separated, smallest first', budgetNames.options.join(','))
    .option('--arms <names>', `comma-separated, of: ${armNames.join(', ')}`)
    .option('--file <path>', 'where results are written as they come; the same file resumes', 'test-results/bench-fix.jsonl')
    .option('--full', 'run fixed tasks again at larger budgets', false)
    .option('--json', 'print one JSON object', false)
    .parse()
    .opts<Options>();
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => {
      interrupted.abort(new Error(`Stopped by ${name}; run again to go on.`));
    });
  const seed = Number(options.seed);
  const samples = path.join(__dirname, '..', 'samples');
  const set = await mutantTasks(samples, Number(options.mutants), seed, interrupted.signal);
  const report = await benchFix(connect, set, {
    seed,
    budgets: options.budgets.split(',').map((name): Budget => budgetNames.parse(name)),
    ...(options.arms !== undefined && { arms: options.arms.split(',').map(toArm) }),
    file: path.resolve(options.file),
    full: options.full,
    signal: interrupted.signal,
    onOutcome: (outcome, done, total) => {
      if (outcome.carried) return;
      const { budget, arm, task, status, seconds, candidatesTried } = outcome;
      const mark = outcome.fixed ? (outcome.exact ? 'fixed as before' : 'fixed otherwise') : status;
      console.error(`${done}/${total} ${budget}, ${arm}: ${task}: ${mark} (${seconds.toFixed(1)} s, ${candidatesTried} tried)`);
    },
  }).finally(() => set.copy.dispose());
  if (options.json) console.log(JSON.stringify(report));
  else console.log(budgetTable(report.outcomes).join('\n'));
}

function toArm(name: string): ArmName {
  const arm = armNames.find((known) => known === name.trim());
  if (!arm) throw new Error(`there is no arm "${name}"; there are: ${armNames.join(', ')}`);
  return arm;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
