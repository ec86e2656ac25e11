/** Gaps in held-out code, filled as the product fills them: how many come back exactly. */
import { infill } from '../../diffusion/infill';
import { textOnlyBias } from '../../diffusion/text-model';
import type { TransformerConfig } from '../../model/config';
import { cpuLowering } from '../../model/lowerings/cpu';
import { StepModel } from '../../model/step-model';
import type { CodeTokenizer } from '../../model/tokenizer';
import type { TransformerWeights } from '../../model/weights';
import { Random } from '../random';
import { gapOfKind, infillExample, type TextGap } from './gaps';

export const scoredGaps = ['token', 'expression', 'line', 'three_lines'] as const;
export type ScoredGap = (typeof scoredGaps)[number];

export interface GapTask {
  readonly kind: ScoredGap;
  readonly prefix: string;
  readonly middle: string;
  readonly suffix: string;
  /** Tokens that the middle has in its place. */
  readonly tokens: number;
}

/** Characters of a document that a task is drawn from. */
const windowLength = 1600;
const longest = 48;

/** So many tasks of each kind, the same for the same texts and tokenizer. */
export function gapTasks(texts: readonly string[], tokenizer: CodeTokenizer, each: number): GapTask[] {
  const random = Random.seeded(0x6a9);
  const tasks: GapTask[] = [];
  for (const kind of scoredGaps) {
    let found = 0;
    for (let attempt = 0; found < each && attempt < 50 * each; attempt++) {
      const whole = texts[random.below(texts.length)]!;
      const from = random.below(Math.max(1, whole.length - windowLength));
      const text = whole.slice(from, from + windowLength);
      const gap = drawScored(kind, text, tokenizer, random);
      if (!gap) continue;
      const { middle } = infillExample(text, gap, (t) => tokenizer.encode(t));
      if (middle.length > longest) continue;
      found++;
      tasks.push({
        kind,
        prefix: text.slice(0, gap.start),
        middle: text.slice(gap.start, gap.end),
        suffix: text.slice(gap.end),
        tokens: middle.length,
      });
    }
  }
  return tasks;
}

function drawScored(kind: ScoredGap, text: string, tokenizer: CodeTokenizer, random: Random): TextGap | null {
  if (kind === 'token') {
    const words = tokenizer.spans(text).filter(({ start, end }) => /\w/.test(text.slice(start, end)));
    const word = words[random.below(words.length)];
    // The blank before a word belongs to what stands before the gap.
    return word ? { start: word.start + (text[word.start] === ' ' ? 1 : 0), end: word.end } : null;
  }
  if (kind === 'expression') return gapOfKind('expression', text, random);
  const lines = kind === 'line' ? 1 : 3;
  for (let attempt = 0; attempt < 20; attempt++) {
    const gap = gapOfKind('lines', text, random, { characters: 400, lines });
    if (gap && text.slice(gap.start, gap.end).trim().split('\n').length === lines) return gap;
  }
  return null;
}

export interface ScoreOptions {
  readonly config: TransformerConfig;
  readonly weights: TransformerWeights;
  readonly tokenizer: CodeTokenizer;
  readonly tasks: readonly GapTask[];
  readonly threads: number;
  readonly signal?: AbortSignal;
}

/** Share of exact fills of each kind, at temperature 0 with the number of tokens told: `exact_<kind>`. */
export async function infillScores(o: ScoreOptions): Promise<Record<string, number>> {
  const model = await StepModel.create(o.config, o.weights, { lowering: cpuLowering, threads: o.threads });
  try {
    const tools = { model, tokenizer: o.tokenizer, textOnly: textOnlyBias(model, o.tokenizer) };
    const exact = new Map<string, boolean[]>();
    for (const { kind, prefix, middle, suffix, tokens } of o.tasks) {
      o.signal?.throwIfAborted();
      const maxTokens = Math.min(longest, Math.floor(o.config.maxSequence / 2));
      if (tokens > maxTokens) continue;
      const [best] = await infill(tools, { prefix, suffix, lengths: [tokens], maxTokens }, (work) => work());
      exact.set(kind, [...(exact.get(kind) ?? []), best?.text === middle]);
    }
    return Object.fromEntries(Array.from(exact, ([kind, hits]) => [`exact_${kind}`, hits.filter(Boolean).length / hits.length]));
  } finally {
    await model.dispose();
  }
}
