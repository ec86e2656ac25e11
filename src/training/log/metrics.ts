/** Names of the metrics that trainings log, and how people see them. A metric that is not here is shown under its own name. */

export interface MetricLook {
  readonly title: string;
  readonly write: (value: number) => string;
}

const share = (v: number): string => `${(100 * v).toFixed(1)}%`;
const plain = (v: number): string => (Math.abs(v) >= 100 ? v.toFixed(0) : Math.abs(v) >= 0.01 || v === 0 ? v.toPrecision(3) : v.toExponential(1)); // prettier-ignore
const count = (v: number): string => Math.round(v).toLocaleString('en');

/** In the order in which they are shown. */
export const metricLooks = {
  loss: { title: 'loss', write: plain },
  reward: { title: 'reward', write: plain },
  /** Standard deviation of the advantages over a round's rollouts; 0 where no group disagrees, and then nothing is learnt. */
  advantage_spread: { title: 'advantage spread', write: plain },
  /** Share of tokens whose ratio the clip bounds. */
  clip_share: { title: 'clip share', write: share },
  kl: { title: 'KL to the reference (nats)', write: plain },
  entropy: { title: 'entropy (nats per token)', write: plain },
  /** Tokens up to and including the first end token. */
  length: { title: 'completion length (tokens)', write: plain },
  /** Share of rollouts in which a committed token was masked again and changed. */
  corrected_share: { title: 'rollouts with corrections', write: share },
  learning_rate: { title: 'learning rate', write: plain },
  gradient_norm: { title: 'gradient norm', write: plain },
  tokens_per_second: { title: 'tokens per second', write: count },
} as const satisfies Record<string, MetricLook>;

/** Parts of a reward are logged as `reward.<part>`. */
export const rewardPart = 'reward.';

export function lookOf(metric: string): MetricLook {
  if (metric in metricLooks) return metricLooks[metric as keyof typeof metricLooks];
  const title = metric.startsWith(rewardPart) ? metric.slice(rewardPart.length) : metric;
  return { title: title.replaceAll('_', ' '), write: plain };
}

/** Known metrics first, in their order, each followed by its parts; others after them, by name. */
export function inOrder(metrics: Iterable<string>): string[] {
  const known = Object.keys(metricLooks);
  const rank = (metric: string): number => {
    const at = known.indexOf(metric.startsWith(rewardPart) ? 'reward' : metric);
    return at < 0 ? known.length : at;
  };
  return [...metrics].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}
