import type { TestCase, Verdict, Verifier } from '../../workspace';
import type { Reward, RewardScore } from './reward';

/** A gap in a file, and the tests that judge what fills it. */
export interface TestTask {
  /** Relative to the project's root, with forward slashes. */
  readonly file: string;
  /** The file's text before and after the gap. */
  readonly prefix: string;
  readonly suffix: string;
  /** Ids of the tests that the gap should make pass. */
  readonly tests: readonly string[];
}

export interface TestRewardOptions<Task extends TestTask> {
  readonly verifier: Verifier;
  /** Limit of one completion's tests. Default 5000. */
  readonly milliseconds?: number;
  /** Whether a text of that file name has no syntax error. Without it, such a text gets what the tests give it: those that load it fail. */
  readonly parses?: (file: string, text: string) => boolean;
  /**
   * New texts by file; null where the completion holds none. Frozen files among them are refused by the verifier. Default: the completion fills the gap
   * as it stands.
   */
  readonly edit?: (task: Task, completion: string) => ReadonlyMap<string, string> | null;
  readonly signal?: AbortSignal;
}

/**
 * The share of the target's tests that pass. 0 where the candidate does not parse, touches a frozen file (tests, their configuration, package files), or
 * breaks any test that passed before. Tests run in sandboxed copies made by the verifier; as many at a time as it has workers.
 * Parts: `passed` (all of the target's tests), `parsed`, `refused`, `broke` (tests that passed before), `ended` (timeout, crash or a limit).
 */
export function testReward<Task extends TestTask>(options: TestRewardOptions<Task>): Reward<Task> {
  const { verifier, parses, signal } = options;
  const edit = options.edit ?? infilled;
  const sound = verifier.baseline.tests.filter(({ state }) => state === 'passed').map(({ id }) => id);
  return {
    name: 'tests',
    async score(task, completion) {
      const files = edit(task, completion);
      if (files === null) return nothing({});
      if (parses && [...files].some(([file, text]) => !parses(file, text))) return nothing({});
      const asked = [...new Set([...task.tests, ...sound])];
      const verdict = await verifier.screen({ files }, asked, {
        bail: false,
        milliseconds: options.milliseconds ?? 5000,
        ...(signal ? { signal } : {}),
      });
      return judged(verdict, task.tests, sound);
    },
  };
}

function infilled({ file, prefix, suffix }: TestTask, completion: string): ReadonlyMap<string, string> {
  return new Map([[file, prefix + completion + suffix]]);
}

function judged(verdict: Verdict, target: readonly string[], sound: readonly string[]): RewardScore {
  if (verdict.outcome === 'refused') return nothing({ parsed: 1, refused: 1 });
  const passed = passing(verdict.tests);
  const share = target.filter((id) => passed.has(id)).length / Math.max(1, target.length);
  const ended = Number(verdict.outcome !== 'passed' && verdict.outcome !== 'failed');
  const broke = sound.some((id) => !passed.has(id) && !target.includes(id));
  if (broke) return nothing({ parsed: 1, broke: 1, ended });
  return { total: share, parts: { ...none, parsed: 1, passed: Number(share === 1), ended } };
}

function passing(tests: readonly TestCase[]): ReadonlySet<string> {
  return new Set(tests.filter(({ state }) => state === 'passed').map(({ id }) => id));
}

const none = { passed: 0, parsed: 0, refused: 0, broke: 0, ended: 0 } as const;

function nothing(parts: Partial<Record<keyof typeof none, number>>): RewardScore {
  return { total: 0, parts: { ...none, ...parts } };
}
