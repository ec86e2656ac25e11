/** The `unmask` command: runs it, prints what failed in the form asked for, and leaves with its exit code. */
import { CommanderError } from 'commander';
import path from 'node:path';
import { EngineRequestError, isNotAvailable } from '../client';
import { CliError, exit, Interrupted } from './exit';
import { failedFix } from './fix';
import { standardOutput } from './output';
import { createProgram } from './program';

async function main(argv: readonly string[]): Promise<number> {
  const began = performance.now();
  const json = argv.includes('--json');
  let code: number = exit.ok;
  const program = createProgram((result) => (code = result));
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exit.ok; // --help, --version
    const { message, exitCode } = describe(error);
    const output = standardOutput(json);
    if (!json && !(error instanceof CommanderError)) output.note(`unmask: ${message}`);
    if (json) output.result(failure(argv, message, (performance.now() - began) / 1000), () => '');
    return exitCode;
  }
}

function describe(error: unknown): { readonly message: string; readonly exitCode: number } {
  if (error instanceof CliError || error instanceof Interrupted) return { message: error.message, exitCode: error.exitCode };
  if (error instanceof CommanderError) return { message: error.message.replace(/^error: /, ''), exitCode: exit.error };
  if (isNotAvailable(error)) return { message: (error as EngineRequestError).message, exitCode: exit.notAvailable };
  return { message: error instanceof Error ? error.message : String(error), exitCode: exit.error };
}

/** The one object of a failed command; that of `fix` has the keys of every other result of it. */
function failure(argv: readonly string[], message: string, seconds: number): object {
  if (argv[0] !== 'fix') return { status: 'error', error: message };
  const file = argv[1] !== undefined && !argv[1].startsWith('-') ? path.resolve(argv[1]) : '';
  return failedFix(file, message, seconds);
}

void main(process.argv.slice(2)).then((code) => {
  // Leave only when all is written: standard output may be a pipe that is read slowly.
  process.exitCode = code;
  process.stdout.write('', () => process.exit(code));
});
