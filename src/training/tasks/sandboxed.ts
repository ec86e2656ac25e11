/** A bundled worker in a sandboxed process: it reads its jobs from a file, and writes lines of JSON to another as it goes on. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { launch, nodeBinary, runtimeFile, scrubbedEnvironment, type Limits } from '../../workspace';

export interface SandboxedJob {
  /** A folder of the caller's, for the jobs and what the worker writes. */
  readonly home: string;
  readonly worker: 'call-worker' | 'probe-worker';
  readonly jobs: unknown;
  readonly limits: Limits;
  readonly signal?: AbortSignal | undefined;
}

/** The lines that the worker wrote, up to where it ended or was ended; what is no JSON is left out. */
export async function runSandboxed({ home, worker, jobs, limits, signal }: SandboxedJob): Promise<unknown[]> {
  const [scratch, tmp] = [path.join(home, 'scratch'), path.join(home, 'tmp')];
  const [jobsFile, resultsFile] = [path.join(home, 'jobs.json'), path.join(tmp, 'results.jsonl')];
  await Promise.all([mkdir(scratch, { recursive: true }), mkdir(tmp, { recursive: true })]);
  await writeFile(jobsFile, JSON.stringify(jobs));
  await rm(resultsFile, { force: true });
  const node = nodeBinary();
  const launched = await launch({
    command: node.path,
    args: ['--max-old-space-size=384', runtimeFile(worker), jobsFile, resultsFile],
    cwd: home,
    env: scrubbedEnvironment(tmp, node.env),
    writable: [tmp],
    scratch,
    limits,
    signal,
  });
  await launched.done;
  const text = await readFile(resultsFile, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as unknown];
    } catch {
      return [];
    }
  });
}
