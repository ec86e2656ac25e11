/** A command and the places it may write to. */
export interface IsolationRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Folders the run may write to; all else is read-only where the system can do that. */
  readonly writable: readonly string[];
  /** An empty folder of the sandbox's for the isolation's own use. */
  readonly scratch: string;
  /** Largest single file. */
  readonly fileMb: number;
}

export interface Wrapped {
  readonly command: string;
  readonly args: readonly string[];
}

/** How runs are confined on this system, found out once by trying. */
export interface Isolation {
  readonly kind: 'namespaces' | 'sandbox-exec' | 'none';
  /** For people: what is in force, and what isn't and why. */
  readonly report: readonly string[];
  /** True if a run can't write outside its writable folders. */
  readonly readOnly: boolean;
  wrap(request: IsolationRequest): Wrapped;
}
