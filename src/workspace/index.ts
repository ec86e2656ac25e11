/** Projects, their tests, and the verifying of candidates in sandboxed copies. */
export * from './types';
export { WorkspaceError } from './errors';
export type { WorkspaceProblem } from './errors';
export { findProject } from './project/find';
export { isFrozen } from './project/frozen';
export { isolation } from './isolation/probe';
export { launch } from './isolation/launch';
export { nodeBinary, scrubbedEnvironment } from './isolation/environment';
export { runtimeFile } from './runtime-files';
export { createSnapshot } from './sandbox/sandbox';
export type { Sandbox, Snapshot } from './sandbox/sandbox';
export { runTests } from './runners/run';
export type { RunOptions } from './runners/run';
export { createVerifier } from './verifier/verifier';
export type { VerifierOptions } from './verifier/verifier';
