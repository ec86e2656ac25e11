/**
 * Runs inside a sandboxed process: calls functions with arguments and writes down what came back, a line for each function as it is done, so that one that brings the
 * process down costs no other. Node's `vm` is no wall against hostile code: the sandbox around this process is.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import vm from 'node:vm';
import type { CallJob, CallOutcome } from './calls';
import { literalOf } from './literal';

const [jobsFile, resultsFile] = process.argv.slice(2) as [string, string];
const jobs = JSON.parse(readFileSync(jobsFile, 'utf8')) as CallJob[];

for (const job of jobs) {
  // Said first: whoever reads the file knows which one it was that did not come back.
  appendFileSync(resultsFile, `${JSON.stringify({ id: job.id })}\n`);
  appendFileSync(resultsFile, `${JSON.stringify({ id: job.id, outcomes: callAll(job) })}\n`);
}

function callAll({ text, name, calls, milliseconds }: CallJob): CallOutcome[] {
  const context = vm.createContext(Object.create(null) as object, { codeGeneration: { strings: false, wasm: false } });
  const run = (source: string): unknown => new vm.Script(source).runInContext(context, { timeout: milliseconds });
  try {
    run(text);
  } catch (error) {
    return calls.map(() => thrown(error));
  }
  let late = false;
  return calls.map((list): CallOutcome => {
    // Once a function hangs it will again; the time of one is enough.
    if (late) return { kind: 'timeout' };
    try {
      const literal = literalOf(run(`${name}(${list})`));
      return literal === null ? { kind: 'other' } : { kind: 'value', text: literal };
    } catch (error) {
      const outcome = thrown(error);
      late = outcome.kind === 'timeout';
      return outcome;
    }
  });
}

function thrown(error: unknown): CallOutcome {
  if (typeof error !== 'object' || error === null) return { kind: 'other' };
  if ((error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return { kind: 'timeout' };
  const { name, message } = error as { name?: unknown; message?: unknown };
  return typeof name === 'string' && typeof message === 'string'
    ? { kind: 'error', name, text: message.slice(0, 80) }
    : { kind: 'other' };
}
