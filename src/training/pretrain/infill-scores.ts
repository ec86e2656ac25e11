/** Gaps in held-out code, filled as the product fills them: how many come back exactly. */
import type { InfillResult } from '../../diffusion/code-model';
import { infill } from '../../diffusion/infill';
import { leadOf } from '../../diffusion/window';
import type { TextTools } from '../../diffusion/surprise';
import { textOnlyBias } from '../../diffusion/text-model';
import type { UnmaskRule } from '../../diffusion/unmask-rules';
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
  /** Where the middle stands: index of the text, and offsets in it. */
  readonly document: number;
  readonly gap: TextGap;
}

/** What a task may be. */
export interface GapCutter {
  /** Words of a text, as gaps of kind `token`. */
  readonly words: (text: string) => readonly TextGap[];
  readonly fits: (text: string, gap: TextGap) => boolean;
}

/** Characters of a document that a task is drawn from. */
const windowLength = 1600;
const longest = 48;

/** Words that are one token of the tokenizer, and gaps of at most 48 of them. */
export function cutByTokens(tokenizer: CodeTokenizer): GapCutter {
  return {
    words: (text) =>
      tokenizer
        .spans(text)
        .filter(({ start, end }) => /\w/.test(text.slice(start, end)))
        // The blank before a word belongs to what stands before the gap.
        .map(({ start, end }) => ({ start: start + (text[start] === ' ' ? 1 : 0), end })),
    fits: (text, gap) => infillExample(text, gap, (t) => tokenizer.encode(t)).middle.length <= longest,
  };
}

/** So many tasks of each kind (fewer where the texts have not enough), the same for the same texts and cutter. */
export function gapTasks(texts: readonly string[], each: number, cutter: GapCutter, seed = 0x6a9): GapTask[] {
  const random = Random.seeded(seed);
  const tasks: GapTask[] = [];
  for (const kind of scoredGaps) {
    let found = 0;
    for (let attempt = 0; found < each && attempt < 50 * each; attempt++) {
      const document = random.below(texts.length);
      const whole = texts[document]!;
      const from = random.below(Math.max(1, whole.length - windowLength));
      const text = whole.slice(from, from + windowLength);
      const gap = drawScored(kind, text, cutter, random);
      if (!gap || !cutter.fits(text, gap)) continue;
      found++;
      tasks.push({
        kind,
        prefix: text.slice(0, gap.start),
        middle: text.slice(gap.start, gap.end),
        suffix: text.slice(gap.end),
        document,
        gap: { start: from + gap.start, end: from + gap.end },
      });
    }
  }
  return tasks;
}

function drawScored(kind: ScoredGap, text: string, cutter: GapCutter, random: Random): TextGap | null {
  if (kind === 'token') {
    const words = cutter.words(text);
    return words[random.below(words.length)] ?? null;
  }
  if (kind === 'expression') return gapOfKind('expression', text, random);
  const lines = kind === 'line' ? 1 : 3;
  for (let attempt = 0; attempt < 20; attempt++) {
    const gap = gapOfKind('lines', text, random, { characters: 400, lines });
    if (gap && text.slice(gap.start, gap.end).trim().split('\n').length === lines) return gap;
  }
  return null;
}

export interface FillOptions {
  /** Most tokens of a gap. */
  readonly maxTokens: number;
  /** What each denoising step commits; absent: as the product does. */
  readonly rule?: (tokens: number) => UnmaskRule;
  readonly signal?: AbortSignal;
}

/** The task's gap filled at temperature 0 with the number of tokens told. Null where it is longer than allowed, or nothing may stand there. */
export async function fillTold(tools: TextTools, task: GapTask, o: FillOptions): Promise<InfillResult | null> {
  const { prefix, suffix, middle } = task;
  const tokens = tools.tokenizer.encode(leadOf(prefix) + middle).length;
  if (tokens > o.maxTokens) return null;
  const how = { lengths: [tokens], maxTokens: o.maxTokens, ...(o.rule ? { rule: o.rule(tokens) } : {}) };
  const [best] = await infill(tools, { prefix, suffix, ...how }, (work) => work(), o.signal);
  return best ?? null;
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
    const maxTokens = Math.min(longest, Math.floor(o.config.maxSequence / 2));
    for (const task of o.tasks) {
      o.signal?.throwIfAborted();
      if (o.tokenizer.encode(leadOf(task.prefix) + task.middle).length > maxTokens) continue;
      const best = await fillTold(tools, task, { maxTokens });
      exact.set(task.kind, [...(exact.get(task.kind) ?? []), best?.text === task.middle]);
    }
    return Object.fromEntries(Array.from(exact, ([kind, hits]) => [`exact_${kind}`, hits.filter(Boolean).length / hits.length]));
  } finally {
    await model.dispose();
  }
}
