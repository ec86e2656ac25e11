import type { TextReward } from './reward';

export interface FormatOptions {
  /** What a completion in the format gets; d1: 0.5. */
  readonly value?: number;
  /** Every tag on a line of its own and nothing before or after, as d1's strict function wants it. Default: white space and what follows do not matter. */
  readonly strict?: boolean;
}

const soft = /^<reasoning>[^]*?<\/reasoning>\s*<answer>[^]*?<\/answer>/;
const strictly = /^<reasoning>\n[^]*?\n<\/reasoning>\n<answer>\n[^]*?\n<\/answer>\n?$/;

/** d1's format rewards (soft_format_reward_func and strict_format_reward_func): reasoning between its tags, then the answer between its own. */
export function formatReward(options: FormatOptions = {}): TextReward<unknown> {
  const [pattern, value] = [options.strict ? strictly : soft, options.value ?? 0.5];
  return {
    name: 'format',
    score: (_task, completion) => ({ total: pattern.test(completion) ? value : 0, parts: {} }),
  };
}
