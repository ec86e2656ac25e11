/** How the command line ends; stated in `unmask --help`. */
export const exit = {
  ok: 0,
  /** Nothing wrong, but no verified fix: none was found, or no test fails. */
  notFixed: 1,
  /** Wrong usage, or something failed. */
  error: 2,
  /** The command is not available in this version. */
  notAvailable: 3,
  cancelled: 130,
  terminated: 143,
} as const;

/** An expected failure of a command: a message for the user and the exit code. */
export class CliError extends Error {
  override readonly name = 'CliError';
  constructor(
    message: string,
    readonly exitCode: number = exit.error,
  ) {
    super(message);
  }
}

/** The command was ended by a signal. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor(readonly exitCode: number) {
    super('Cancelled.');
  }
}
