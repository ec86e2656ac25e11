/** Rewards as plug-ins: what a completion is worth, in parts that are logged one by one. */

export interface RewardScore {
  /** What the advantages are computed from. */
  readonly total: number;
  /** Further measures by name, for the log. */
  readonly parts: Readonly<Record<string, number>>;
}

/** Judges the text of a completion: its tokens up to, and without, the first end token. */
export interface Reward<Task> {
  readonly name: string;
  score(task: Task, completion: string): RewardScore | Promise<RewardScore>;
}

/** A reward that needs no waiting for: anything that is computed from the text alone. */
export interface TextReward<Task> extends Reward<Task> {
  score(task: Task, completion: string): RewardScore;
}

export interface WeightedReward<Task> {
  readonly reward: Reward<Task>;
  readonly weight: number;
}

/** The weighted sum of several rewards. Each one's total is a part, under its name, beside its own parts as `name.part`. */
export function sumOfRewards<Task>(name: string, rewards: readonly WeightedReward<Task>[]): Reward<Task> {
  return {
    name,
    async score(task, completion) {
      const scores = await Promise.all(rewards.map(async ({ reward }) => reward.score(task, completion)));
      const parts = scores.flatMap((score, i) => {
        const own = rewards[i]!.reward.name;
        return [[own, score.total] as const, ...Object.entries(score.parts).map(([part, v]) => [`${own}.${part}`, v] as const)];
      });
      return {
        total: scores.reduce((sum, score, i) => sum + rewards[i]!.weight * score.total, 0),
        parts: Object.fromEntries(parts),
      };
    },
  };
}

export interface ScoredCompletions {
  /** [B*G]. */
  readonly totals: readonly number[];
  /** Mean of each part over the completions. */
  readonly parts: Readonly<Record<string, number>>;
}

/**
 * Scores `group` completions of each task, in the order of the rollouts: those of task 0 first. All are asked for at once; a reward that
 * runs something bounds by itself how much of it runs at a time.
 */
export async function scoreCompletions<Task>(
  reward: Reward<Task>,
  tasks: readonly Task[],
  completions: readonly string[],
): Promise<ScoredCompletions> {
  if (tasks.length === 0 || completions.length % tasks.length !== 0)
    throw new Error(`${completions.length} completions are not shared evenly by ${tasks.length} tasks`);
  const group = completions.length / tasks.length;
  const scores = await Promise.all(completions.map(async (text, i) => reward.score(tasks[Math.floor(i / group)]!, text)));
  const names = new Set(scores.flatMap((score) => Object.keys(score.parts)));
  const mean = (part: string): number => scores.reduce((sum, score) => sum + (score.parts[part] ?? 0), 0) / scores.length;
  return {
    totals: scores.map((score) => score.total),
    parts: Object.fromEntries(Array.from(names, (part) => [part, mean(part)])),
  };
}
