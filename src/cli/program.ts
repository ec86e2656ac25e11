import { Command, InvalidArgumentError, Option } from 'commander';
import type { Part } from '../bench/quality/job';
import packageJson from '../../package.json';
import { budget, type Budget } from '../protocol/messages';
import {
  benchD1,
  benchEditor,
  benchEngine,
  benchFix,
  benchQuality,
  benchTrain,
  type BenchD1Flags,
  type BenchFixFlags,
  type BenchFlags,
  type BenchQualityFlags,
  type BenchTrainFlags,
} from './bench';
import { complete, type CompleteFlags } from './complete';
import { edit, type EditFlags } from './edit';
import { CliError, exit } from './exit';
import { fix, type FixFlags } from './fix';
import { models } from './models';
import { standardOutput, type Output } from './output';
import { refactor, type RefactorFlags } from './refactor';
import type { EngineFlags } from './session';

/** What `--json` was asked of every command; on the command, because errors need it, too. */
interface JsonFlag {
  readonly json?: boolean;
}

/**
 * The commands and their options. `done` gets each command's exit code; failures are thrown out of `parseAsync`.
 */
export function createProgram(done: (code: number) => void): Command {
  const run = async (flags: JsonFlag, command: (output: Output) => Promise<number>): Promise<void> => {
    done(await command(standardOutput(flags.json === true)));
  };
  const program = new Command('unmask')
    .description('Fast coding agents on a local masked-diffusion model: infill, edits, and fixes proved by your tests.')
    .version(packageJson.version)
    .exitOverride()
    .showHelpAfterError('(see --help)')
    .addHelpText(
      'after',
      '\nExit codes: 0 done (fix: a verified fix), 1 no fix or no edit, 2 error, 3 not available in this version, 130 cancelled.',
    );

  withModel(program.command('fix'))
    .description('search for a fix of FILE that makes the failing tests pass, and prove it with the whole suite')
    .argument('<file>', 'source file with the suspected fault; the tests run in the folder of the nearest package.json above it')
    .option('--range <a:b>', 'lines the fault is suspected in (from 1, both included)', parseRange)
    .option('--test <command>', 'test command (default: mocha or node:test, found by itself)')
    .addOption(
      new Option('--budget <budget>', 'about 5, 30 or 120 seconds of search')
        .choices(['instant', 'standard', 'deep'])
        .default('standard'),
    )
    .addOption(
      new Option('--sources <sources>', 'where candidates come from').choices(['both', 'mutation', 'model']).default('both'),
    )
    .option('--workers <n>', 'candidates tested at the same time', wholeNumber(1, 64))
    .option('--seed <n>', 'makes a run repeatable', wholeNumber(0, 2 ** 31 - 1), 0)
    .option('--apply', 'write a verified fix to FILE, if FILE is still what it was')
    .action((file: string, flags: FixFlags & JsonFlag) => run(flags, (output) => fix(file, flags, output)));

  withModel(program.command('complete'))
    .description('print what the model would fill in at a place')
    .argument('<place>', 'FILE:LINE:COL, both counted from 1')
    .option('--max-lines <n>', 'most lines of the completion', wholeNumber(1, 64))
    .option('--max-tokens <n>', 'most tokens of the completion', wholeNumber(1, 512))
    .option('--min-confidence <p>', 'stay silent below this confidence, 0 to 1', probability)
    .option('--seed <n>', 'makes a run repeatable', wholeNumber(0, 2 ** 31 - 1))
    .action((place: string, flags: CompleteFlags & JsonFlag) => run(flags, (output) => complete(place, flags, output)));

  withModel(program.command('edit'))
    .description(
      'edit lines of FILE by an instruction: known edits that keep what the code does, else the model where it is sure',
    )
    .argument('<file>', 'JavaScript or TypeScript file')
    .argument('[instruction...]', 'what to change, in words of your own; without one: improve')
    .option('--range <a:b>', 'lines to edit (from 1, both included); default: the whole file', parseRange)
    .option('--offers', 'print which instructions would find something to do there, and edit nothing')
    .option('--record', 'with --json: every denoising step of the model, to be replayed')
    .option('--apply', 'write the edit to FILE, if FILE is still what it was')
    .action((file: string, instruction: string[], flags: EditFlags & JsonFlag) =>
      run(flags, (output) => edit(file, instruction.join(' '), flags, output)),
    );

  withModel(program.command('refactor'))
    .description(
      'refactor FILE and those that use it, checked by types and tests: renames, known edits, actions of the language service',
    )
    .argument('<file>', 'JavaScript or TypeScript file')
    .argument('[instruction...]', 'what to change, in words of your own, for example: rename total to sum; without one: improve')
    .option(
      '--range <a:b>',
      'lines that it is about (from 1, both included); with --scope selection nothing else is changed',
      parseRange,
    )
    .addOption(
      new Option('--scope <scope>', 'where to look: the lines of --range, FILE, or also the files that use it')
        .choices(['selection', 'file', 'references'])
        .default('file'),
    )
    .option('--offers', 'print what could be asked for there, and change nothing')
    .option('--no-tests', 'do not run the tests: check syntax and types only')
    .option('--test <command>', 'test command (default: mocha or node:test, found by itself)')
    .addOption(
      new Option('--budget <budget>', 'about 5, 30 or 120 seconds').choices(['instant', 'standard', 'deep']).default('standard'),
    )
    .option('--apply', 'write the changes, if every file is still what it was')
    .action((file: string, instruction: string[], flags: RefactorFlags & JsonFlag) =>
      run(flags, (output) => refactor(file, instruction.join(' '), flags, output)),
    );

  withModel(program.command('models'))
    .description('list the models at hand, with facts from loading each')
    .action((flags: EngineFlags & JsonFlag) => run(flags, (output) => models(flags, output)));

  withEngineFlags(program.command('mcp'))
    .description('serve unmask_fix, unmask_edit and unmask_infill to agents: Model Context Protocol on standard input and output')
    // The SDK comes with it: loaded only here.
    .action((flags: EngineFlags) => run({}, async (output) => (await import('./mcp/command')).mcp(flags, output)));

  const bench = program.command('bench').description('measure').exitOverride();
  withModel(bench.command('engine'))
    .description('speed, at stated quality, of denoising steps and infills on this machine')
    .option('--quick', 'fewer repeats: the same keys, noisier numbers')
    .action((flags: BenchFlags & JsonFlag) => run(flags, (output) => benchEngine(flags, output)));
  bench
    .command('editor')
    .exitOverride()
    .description('what a user of the editor waits for, in a real VS Code; ghost text also against decoding token by token')
    .option('--quick', 'fewer repeats: the same keys, noisier numbers')
    .option('--threads <n>', 'of the model beside the editor (default: one a core)', wholeNumber(1, 256))
    .option('--json', 'print exactly one JSON object on standard output')
    .action((flags: { quick?: boolean; threads?: number } & JsonFlag) => run(flags, (output) => benchEditor(flags, output)));

  bench
    .command('fix')
    .exitOverride()
    .description('fix rate and seconds on functions of the samples, broken afresh: the product, mutation alone, random weights')
    .option('--mutants <n>', 'how many functions to break', wholeNumber(1, 1000), 30)
    .option(
      '--tasks <folder>',
      'break functions of held-out packages instead, made by "npm run tasks", or mend what "npm run histories" found',
    )
    .option('--seed <n>', 'of the mutants and of the search', wholeNumber(0, 2 ** 31 - 1), 1)
    .option('--budgets <names>', 'comma-separated, smallest first', budgetList, budget.options)
    .option('--file <path>', 'write results there as they come; the same file resumes')
    .option('--full', 'run fixed tasks again at larger budgets')
    .addOption(new Option('--device <device>', 'where the model runs').choices(['auto', 'cpu', 'webgpu']).default('auto'))
    .option('--json', 'print exactly one JSON object on standard output')
    .action((flags: BenchFixFlags & JsonFlag) => run(flags, (output) => benchFix(flags, output)));

  bench
    .command('d1')
    .exitOverride()
    .description("d1's experiment at our scale: base, SFT, Diffu-GRPO and both, trained here and scored on held-out puzzles")
    .addOption(new Option('--task <task>', 'puzzles').choices(['sudoku', 'countdown']).makeOptionMandatory())
    .requiredOption('--minutes <total>', 'time for everything, on an idle machine', minutes)
    .option('--seeds <n>', 'runs of each trained arm', wholeNumber(1, 100), 3)
    .option('--ablations', 'also without prompt masking, and with the objectives coupled and ESPO')
    .option('--jobs <n>', 'training processes at a time, one thread each (default: one a core)', wholeNumber(1, 64))
    .option('--folder <path>', 'holds the base and the outcomes; the same folder resumes (default: test-results/d1)')
    .option('--test-file <path>', "puzzles to score on in d1's formats: Sudoku CSV or Countdown JSONL")
    .option('--json', 'print exactly one JSON object on standard output')
    .action((flags: BenchD1Flags & JsonFlag) => run(flags, (output) => benchD1(flags, output)));

  bench
    .command('train')
    .exitOverride()
    .description('speed and memory of training on this machine: next tokens, masked diffusion and Diffu-GRPO, full and LoRA')
    .option('--quick', 'fewer repeats: the same keys, noisier numbers')
    .option('--threads <n>', 'of a training; with one, processor time is measured (default: one a core)', wholeNumber(1, 256))
    .option('--json', 'print exactly one JSON object on standard output')
    .action((flags: BenchTrainFlags & JsonFlag) => run(flags, (output) => benchTrain(flags, output)));

  bench
    .command('quality')
    .exitOverride()
    .description('what a model is worth on held-out code: bits per character, exact infills, calibration; n-grams beside it')
    .option('--quick', 'fewer tasks: the same keys, wide intervals')
    .addOption(new Option('--parts <part...>', 'what is measured (default: all)').choices(Object.keys(qualityParts)))
    .option('--model <folder>', 'model folder; default: the embedded model')
    .option('--against <folder>', 'a second model, measured on the same tasks')
    .option('--int8', 'the model once more, its matrices rounded to int8')
    .option('--corpus <folder>', 'what "npm run data" made (default: .cache/corpus)')
    .option('--tasks <folder>', 'what "npm run tasks" made, for models that reason (default: .cache/tasks)')
    .option('--files <glob>', "measure on these files, or a folder's, instead of the corpus's held-out packages")
    .option('--seed <n>', 'of the tasks', wholeNumber(0, 2 ** 31 - 1), 1)
    .option('--threads <n>', 'of the model (default: one a core)', wholeNumber(1, 256))
    .option('--json', 'print exactly one JSON object on standard output')
    .action((flags: BenchQualityFlags & JsonFlag) => run(flags, (output) => benchQuality(flags, output)));

  notYet(program.command('finetune').argument('[folder]'), 'fine-tune the model on a workspace');
  return program;
}

/** Named here, so that asking for help loads no bench. */
const qualityParts: Readonly<Record<Part, true>> = {
  bits: true,
  infill: true,
  checked: true,
  ghost: true,
  mistakes: true,
  proofreading: true,
  written: true,
  ngrams: true,
};

/** Options of all commands that start an engine and print a result. */
function withModel(command: Command): Command {
  return withEngineFlags(command).option('--json', 'print exactly one JSON object on standard output');
}

function withEngineFlags(command: Command): Command {
  return command
    .exitOverride()
    .option(
      '--model <model>',
      'model folder, "none", or "random:SEED" (random weights, for comparison); default: the embedded model',
    )
    .option('--adapter <folder>', "adapter (LoRA, in PEFT's layout) that the model is used with")
    .addOption(new Option('--device <device>', 'where the model runs').choices(['auto', 'cpu', 'webgpu']).default('auto'))
    .option('--threads <n>', 'threads of the model; 0: chosen by the engine', wholeNumber(0, 256))
    .option('--verbose', "show the engine's log on standard error");
}

/** A command that is known, and honest about not being there. */
function notYet(command: Command, what: string): void {
  command
    .exitOverride()
    .description(`${what} (not available in this version)`)
    .option('--json', 'print exactly one JSON object on standard output')
    .allowUnknownOption()
    .action(() => {
      throw new CliError(`"unmask ${fullName(command)}" is not available in this version.`, exit.notAvailable);
    });
}

function fullName(command: Command): string {
  const parent = command.parent;
  return parent?.parent ? `${parent.name()} ${command.name()}` : command.name();
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

function minutes(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 100_000)) throw new InvalidArgumentError('It must be a number of minutes over 0.');
  return value;
}

function budgetList(text: string): readonly Budget[] {
  const parsed = budget.array().safeParse(text.split(','));
  if (!parsed.success) throw new InvalidArgumentError(`They must be of: ${budget.options.join(', ')}.`);
  return parsed.data;
}

function probability(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1)) throw new InvalidArgumentError('It must be a number from 0 to 1.');
  return value;
}

function parseRange(text: string): { start: number; end: number } {
  const match = /^([1-9]\d*):([1-9]\d*)$/.exec(text);
  const start = Number(match?.[1]);
  const end = Number(match?.[2]);
  if (!match || end < start) throw new InvalidArgumentError('It must be FIRST:LAST, lines counted from 1, for example 10:14.');
  return { start, end };
}
