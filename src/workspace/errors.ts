/** What can go wrong around a user's project, with a message that says how to mend it. */
export type WorkspaceProblem = 'no-project' | 'bad-project' | 'no-tests' | 'no-runner' | 'too-large' | 'not-built';

/** An expected failure; `message` is for the user. */
export class WorkspaceError extends Error {
  override readonly name = 'WorkspaceError';

  constructor(
    readonly problem: WorkspaceProblem,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
