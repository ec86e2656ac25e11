import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { benchGhost } from '../bench/engine/ghost';
import { EngineClient } from '../client';
import type { TaskSet } from '../bench/fix/tasks';
import type { Budget, Progress } from '../protocol/messages';
import { CliError, exit } from './exit';
import { progressLine, type Output } from './output';
import { engineOptions, interruptible, withEngine, type EngineFlags } from './session';

export interface BenchFlags extends EngineFlags {
  readonly quick?: boolean;
}

/** `unmask bench engine`: what a user waits for, then the engine's parts measured in its own process. */
export async function benchEngine(flags: BenchFlags, output: Output): Promise<number> {
  const quick = flags.quick === true;
  const report = await withEngine(engineOptions(flags, output), async (client, signal) => {
    const waits = await benchGhost(client, path.join(__dirname, '..'), quick, signal);
    const onProgress = (progress: Progress): void => {
      output.progress(progressLine(progress));
    };
    return { ...waits, ...(await client.benchEngine({ quick }, { signal, onProgress })) };
  });
  output.result({ status: 'ok', ...report }, () => `${JSON.stringify(report, null, 2)}\n`);
  return exit.ok;
}

/** `unmask bench editor`: what a user of the editor waits for, in a real VS Code, and the same answers token by token. */
export async function benchEditor(
  flags: { readonly quick?: boolean; readonly threads?: number },
  output: Output,
): Promise<number> {
  const bench = await import('../bench/editor/bench');
  const report = await interruptible((signal) =>
    bench.benchEditor({
      root: path.join(__dirname, '..'),
      quick: flags.quick === true,
      threads: flags.threads ?? Math.min(8, availableParallelism()),
      worker: path.join(__dirname, 'bench-editor.js'),
      signal,
      onProgress: (line) => {
        output.progress(line);
      },
    }),
  ).catch((error: unknown) => {
    throw error instanceof bench.EditorBenchError ? new CliError(error.message) : error;
  });
  output.result({ status: 'ok', ...report }, () => `${JSON.stringify(report, null, 2)}\n`);
  return exit.ok;
}

export interface BenchD1Flags {
  readonly task: 'sudoku' | 'countdown';
  readonly minutes: number;
  readonly seeds: number;
  readonly ablations?: boolean;
  readonly jobs?: number;
  readonly folder?: string;
  readonly testFile?: string;
}

/** `unmask bench d1`: d1's experiment at our scale, in training processes of its own. */
export async function benchD1(flags: BenchD1Flags, output: Output): Promise<number> {
  const [bench, report] = await Promise.all([import('../bench/d1/bench'), import('../bench/d1/report')]);
  const result = await interruptible((signal) =>
    bench.benchD1({
      task: flags.task,
      minutes: flags.minutes,
      seeds: flags.seeds,
      ablations: flags.ablations === true,
      jobs: flags.jobs ?? availableParallelism(),
      folder: path.resolve(flags.folder ?? path.join('test-results', 'd1')),
      testFile: flags.testFile === undefined ? null : path.resolve(flags.testFile),
      worker: path.join(__dirname, 'bench-d1.js'),
      signal,
      onProgress: (line) => {
        output.progress(line);
      },
    }),
  );
  output.result({ status: 'ok', ...result }, () => `${report.tableOf(result.rows, result.orderings, result.modes).join('\n')}\n`);
  return exit.ok;
}

export interface BenchTrainFlags {
  readonly quick?: boolean;
  readonly threads?: number;
}

/** `unmask bench train`: speed and memory of training, each configuration in a process of its own. */
export async function benchTrain(flags: BenchTrainFlags, output: Output): Promise<number> {
  const [bench, report] = await Promise.all([import('../bench/train/bench'), import('../bench/train/report')]);
  const threads = flags.threads ?? Math.min(8, availableParallelism());
  const measured = await interruptible((signal) =>
    bench.benchTrain({
      quick: flags.quick === true,
      threads,
      worker: path.join(__dirname, 'bench-train.js'),
      signal,
      onProgress: (line) => {
        output.progress(line);
      },
    }),
  );
  const result = { status: 'ok', threads, ...report.figuresOf(measured), measured };
  output.result(result, () => `${report.tableOf(measured).join('\n')}\n`);
  return exit.ok;
}

export interface BenchQualityFlags {
  readonly quick?: boolean;
  readonly model?: string;
  readonly against?: string;
  readonly corpus?: string;
  readonly tasks?: string;
  readonly files?: string;
  readonly int8?: boolean;
  readonly parts?: readonly string[];
  readonly seed: number;
  readonly threads?: number;
}

/** `unmask bench quality`: a model, another one beside it, and n-grams, on code that was held out. */
export async function benchQuality(flags: BenchQualityFlags, output: Output): Promise<number> {
  const [bench, report, job] = await Promise.all([
    import('../bench/quality/bench'),
    import('../bench/quality/report'),
    import('../bench/quality/job'),
  ]);
  const root = path.join(__dirname, '..');
  const result = await interruptible((signal) =>
    bench.benchQuality({
      job: {
        parts: job.parts.filter((part) => flags.parts?.includes(part) ?? true),
        model: path.resolve(flags.model ?? path.join(root, 'model-assets', 'unmask-tiny')),
        against: flags.against === undefined ? null : path.resolve(flags.against),
        int8: flags.int8 === true,
        corpus: path.resolve(flags.corpus ?? path.join(root, '.cache', 'corpus')),
        files: flags.files === undefined ? null : path.resolve(flags.files),
        tasks: tasksFolder(flags.tasks, path.join(root, '.cache', 'tasks')),
        samples: path.join(root, 'samples'),
        quick: flags.quick === true,
        seed: flags.seed,
        threads: flags.threads ?? Math.min(8, availableParallelism()),
      },
      worker: path.join(__dirname, 'bench-quality.js'),
      signal,
      onProgress: (line) => {
        output.progress(line);
      },
    }),
  );
  output.result({ status: 'ok', ...result }, () => `${report.linesOf(result).join('\n')}\n`);
  return exit.ok;
}

/** The folder that was asked for; or the usual one, where there is any. */
function tasksFolder(asked: string | undefined, usual: string): string | null {
  if (asked !== undefined) return path.resolve(asked);
  return existsSync(usual) ? usual : null;
}

export interface BenchFixFlags {
  readonly mutants: number;
  readonly tasks?: string;
  readonly seed: number;
  readonly budgets: readonly Budget[];
  readonly file?: string;
  readonly full?: boolean;
  readonly device?: EngineFlags['device'];
}

/** Functions of held-out packages, from the folder that `npm run tasks` has filled, or real changes from that of `npm run histories`. */
async function heldOutTasks(given: string, { mutants, seed }: BenchFixFlags, signal: AbortSignal): Promise<TaskSet> {
  const [{ corpusTasks, taskFile }, { historyTaskSet, historyFile }] = await Promise.all([
    import('../bench/fix/corpus-tasks'),
    import('../bench/fix/history-tasks'),
  ]);
  const folder = path.resolve(given);
  const root = path.join(__dirname, '..');
  const modules = path.join(root, 'node_modules');
  if (existsSync(historyFile(folder)))
    return historyTaskSet({ folder, cache: path.join(root, '.cache', 'tarballs'), modules }, mutants, seed, signal);
  if (!existsSync(taskFile(folder)))
    throw new CliError(`${given} holds no repair tasks: run "npm run tasks" or "npm run histories" first.`);
  return corpusTasks(folder, modules, mutants, seed);
}

/**
 * `unmask bench fix`: breaks sound functions of the samples afresh (or, with `--tasks`, of held-out packages), and measures how many are fixed at each budget by the
 * product, by mutation alone, and with random weights. The engines are of its own choosing: one for each of these.
 */
export async function benchFix(flags: BenchFixFlags, output: Output): Promise<number> {
  const samples = path.join(__dirname, '..', 'samples');
  if (!existsSync(samples))
    throw new CliError(`The samples to measure with are not installed (${samples}): run this in a source checkout.`);
  const [bench, report, tasks] = await Promise.all([
    import('../bench/fix/bench'),
    import('../bench/fix/report'),
    import('../bench/fix/tasks'),
  ]);
  const result = await interruptible(async (signal) => {
    const set =
      flags.tasks === undefined
        ? await tasks.mutantTasks(samples, flags.mutants, flags.seed, signal)
        : await heldOutTasks(flags.tasks, flags, signal);
    try {
      return await bench.benchFix(
        async (model) => {
          const client = new EngineClient({ model, device: flags.device });
          await client.start(signal).catch(async (error: unknown) => {
            await client.dispose();
            throw error;
          });
          return client;
        },
        set,
        {
          seed: flags.seed,
          budgets: flags.budgets,
          full: flags.full === true,
          file: flags.file === undefined ? undefined : path.resolve(flags.file),
          signal,
          onOutcome: ({ budget, arm, task, fixed, status, seconds, carried }, done, total) => {
            if (carried === true) return;
            output.progress(`${done}/${total} ${budget}, ${arm}: ${task}: ${fixed ? 'fixed' : status} (${seconds.toFixed(1)} s)`);
          },
        },
      );
    } finally {
      await set.copy.dispose();
    }
  });
  output.result({ status: 'ok', ...result }, () =>
    [
      ...report.budgetTable(result.outcomes),
      ...result.ratios.flatMap((r) => [
        `${r.budget}: until a candidate passes, ${r.arm} needs ${r.candidatesRatio.toFixed(2)} times the candidates and ${r.testsRatio.toFixed(2)} times the tests (${r.tasks} tasks that both fix)`,
        ...r.atRates.map(
          ({ rate, own, other }) =>
            `  ${(100 * rate).toFixed(0)}% are fixed with ${other} candidates each; by the product with ${own}: ${(other / own).toFixed(1)} times`,
        ),
      ]),
      '',
    ].join('\n'),
  );
  return exit.ok;
}
