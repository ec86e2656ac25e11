/** Everything that is measured of one model folder. */
import path from 'node:path';
import type { CodeModel } from '../../diffusion/code-model';
import { readManifest } from '../../diffusion/load';
import { openGate } from '../../diffusion/run-gate';
import { textModel, textTools, type ModelTraits } from '../../diffusion/text-model';
import type { TextTools } from '../../diffusion/surprise';
import { infillChecked } from '../../diffusion/checked';
import { infill } from '../../diffusion/infill';
import type { UnmaskRule } from '../../diffusion/unmask-rules';
import { parameterCount, type TransformerConfig } from '../../model/config';
import { cpuLowering } from '../../model/lowerings/cpu';
import { readNetwork, readWeights } from '../../model/network';
import { StepModel, type RunTurn } from '../../model/step-model';
import { CodeTokenizer } from '../../model/tokenizer';
import type { TransformerWeights } from '../../model/weights';
import { packDocuments } from '../../training/data/packing';
import { weightedCrossEntropy } from '../../training/graph/losses';
import { cpuTraining } from '../../training/graph/lowering';
import { TrainingSession } from '../../training/graph/training-session';
import { parametersOf } from '../../training/parameters';
import { autoregressiveBits, diffusionBits, type Bits } from '../../training/pretrain/evaluate';
import { fillTold, scoredGaps, type GapTask } from '../../training/pretrain/infill-scores';
import { readProgress } from '../../training/pretrain/milestone';
import { planOf, stageAt } from '../../training/pretrain/settings';
import { measureEdits } from './edits';
import { ghostOf, offersAt } from './ghost';
import type { Ghost, InfillRow, Mistakes, ModelResult, Part, Proofreading } from './job';
import { measureMistakes } from './mistakes';
import { measureProofreading } from './proofreading';
import { measureRepairs } from './repairs';
import { shareOfTrue } from './shares';
import { parsesWith, wholeFileCheck, type CursorTask } from './tasks';
import type { Document } from './texts';

export interface Material {
  readonly parts: readonly Part[];
  readonly documents: readonly Document[];
  /** For bits per character. */
  readonly pieces: readonly string[];
  readonly tasks: readonly GapTask[];
  readonly cursors: readonly CursorTask[];
  readonly steps: readonly number[];
  /** For mistakes, and what only a tuned model can do; null: not asked. */
  readonly tuned: {
    readonly tasks: string;
    readonly repairs: number;
    readonly edits: number;
    readonly seed: number;
  } | null;
  readonly threads: number;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

/** `changed`: what is measured in the stored weights' place. Throws ModelError (message for the user) if the folder holds no model, and the signal's reason when aborted. */
export async function measureModel(
  folder: string,
  m: Material,
  changed: (c: TransformerConfig, weights: TransformerWeights) => TransformerWeights = (_, weights) => weights,
): Promise<ModelResult> {
  m.say('loading');
  const { config, weights: stored } = await readNetwork(folder);
  const weights = changed(config, stored);
  const tokenizer = await CodeTokenizer.load(folder);
  tokenizer.assertFits(config);
  const progress = await readProgress(folder);
  // What was learnt last, not what comes next.
  const stage = progress && stageAt(planOf(progress.settings), Math.max(0, progress.updates - 1));
  const characters = m.pieces.reduce((sum, piece) => sum + codePoints(piece), 0);
  const encoded = m.pieces.map((piece) => tokenizer.encode(piece));
  const tokens = encoded.reduce((sum, ids) => sum + ids.length, 0);

  const asked = (part: Part): boolean => m.parts.includes(part);
  const early = stage === 'autoregressive' || stage === 'adaptation';
  const bits = asked('bits') ? await bitsOf({ config, weights, tokenizer, encoded, early }, m) : null;
  const traits = { ...(await readManifest(folder)), id: 'model' };
  const model = await StepModel.create(config, weights, { lowering: cpuLowering, threads: m.threads });
  try {
    const tools = textTools(traits, model, tokenizer);
    const code = textModel(traits, model, tokenizer, openGate);
    const { tuned } = m;
    return {
      folder,
      parameters: parameterCount(config),
      maxSequence: config.maxSequence,
      charactersPerToken: characters / tokens,
      stage,
      bits,
      infill: await infillRows(tools, m),
      ghost: asked('ghost') ? await ghostText(code, m) : null,
      mistakes: tuned && asked('mistakes') ? await mistakesOf(code, tuned.tasks, m) : null,
      proofreading: tuned && asked('proofreading') ? await proofreadingOf(tools, tuned.tasks, m) : null,
      ...(await written(folder, traits, tools, m)),
    };
  } finally {
    await model.dispose();
  }
}

interface Scored {
  readonly config: TransformerConfig;
  readonly weights: TransformerWeights;
  readonly tokenizer: CodeTokenizer;
  readonly encoded: readonly number[][];
  /** Its training has not come to masked diffusion alone. */
  readonly early: boolean;
}

async function bitsOf({ config, weights, tokenizer, encoded, early }: Scored, m: Material): Promise<ModelResult['bits']> {
  const tokens = encoded.reduce((sum, ids) => sum + ids.length, 0);
  const length = Math.min(longestSequence, config.maxSequence, tokens);
  const session = await TrainingSession.create(config, parametersOf(config, weights), {
    lowering: cpuTraining,
    batch: 'B',
    length,
    loss: weightedCrossEntropy,
    threads: m.threads,
    forwardOnly: true,
  });
  m.say('bits per character');
  const scored = {
    session,
    heldOut: packDocuments(encoded, config.endToken),
    length,
    sequences: Infinity,
    maskToken: config.maskToken,
    charactersOf: (id: number) => tokenizer.charactersOf(id),
    signal: m.signal,
  };
  return bothBits(scored, early).finally(() => session.dispose());
}

/** What a tuned model writes by itself, with the weights that it has for what is asked in words. */
async function written(
  folder: string,
  { capabilities, instructed }: ModelTraits & { readonly instructed?: string | undefined },
  { model: plain, tokenizer }: TextTools,
  m: Material,
): Promise<Pick<ModelResult, 'repairs' | 'edits'>> {
  const { tuned, signal, say } = m;
  const can = capabilities.includes('reason') || capabilities.includes('revise');
  if (!tuned || !m.parts.includes('written') || !can) return { repairs: null, edits: null };
  const options = { lowering: cpuLowering, threads: m.threads };
  const model =
    instructed === undefined
      ? plain
      : await StepModel.create(plain.config, await readWeights(path.join(folder, instructed), plain.config), options);
  try {
    const edits = await measureEdits(model, tokenizer, { ...tuned, each: tuned.edits, signal, say });
    return { repairs: await measureRepairs(model, tokenizer, { ...tuned, cases: tuned.repairs, signal, say }), edits };
  } finally {
    if (model !== plain) await model.dispose();
  }
}

/** Longer ones would take too much memory. */
const longestSequence = 512;

async function bothBits(
  o: Parameters<typeof diffusionBits>[0],
  autoregressive: boolean,
): Promise<NonNullable<ModelResult['bits']>> {
  return {
    autoregressive: autoregressive ? plainBits(await autoregressiveBits(o)) : null,
    diffusion: plainBits(await diffusionBits(o)),
  };
}

/** JSON knows no NaN. */
export function plainBits(bits: Bits): NonNullable<ModelResult['bits']>['diffusion'] {
  return { ...bits, standardError: Number.isNaN(bits.standardError) ? null : bits.standardError };
}

interface Way {
  readonly length: InfillRow['length'];
  readonly steps: number | 'each' | 'threshold';
}

/** Most tokens of a canvas. */
const longestCanvas = 64;

async function infillRows(tools: TextTools, m: Material): Promise<InfillRow[]> {
  const plain: Way[] = [
    ...m.steps.map((steps) => ({ length: 'told', steps }) as const),
    { length: 'told', steps: 'each' },
    { length: 'told', steps: 'threshold' },
    { length: 'searched', steps: 'threshold' },
  ];
  const checked: Way[] = [{ length: 'checked', steps: 'threshold' }];
  const ways = [...(m.parts.includes('infill') ? plain : []), ...(m.parts.includes('checked') ? checked : [])];
  const maxTokens = Math.min(longestCanvas, Math.floor(tools.model.config.maxSequence / 2));
  const rows: InfillRow[] = [];
  for (const way of ways) {
    for (const kind of scoredGaps) {
      // A word or an expression seldom breaks the syntax.
      if (way.length === 'checked' && (kind === 'token' || kind === 'expression')) continue;
      m.say(`infill, ${way.length} length, steps: ${way.steps}: ${kind.replace('_', ' ')}`);
      const fills: Fill[] = [];
      for (const task of m.tasks.filter((t) => t.kind === kind)) {
        m.signal.throwIfAborted();
        fills.push({ task, ...(await fillBy(tools, m.documents, task, way, maxTokens, m.signal)) });
      }
      rows.push(rowOf(m.documents, kind, way, fills));
    }
  }
  return rows;
}

async function fillBy(
  tools: TextTools,
  documents: readonly Document[],
  task: GapTask,
  { length, steps }: Way,
  maxTokens: number,
  signal: AbortSignal,
): Promise<Omit<Fill, 'task'>> {
  const rule = (tokens: number): UnmaskRule => ({
    kind: 'quota',
    steps: typeof steps === 'number' ? Math.min(steps, tokens) : tokens,
  });
  const { prefix, suffix } = task;
  const turn: RunTurn = (work) => work();
  const check = length === 'checked' ? wholeFileCheck(documents, task) : null;
  const best = check
    ? (await infillChecked(tools, { prefix, suffix, maxTokens, check }, turn, signal))[0]
    : length !== 'told'
      ? (await infill(tools, { prefix, suffix, maxTokens }, turn, signal))[0]
      : await fillTold(tools, task, { maxTokens, signal, ...(steps === 'threshold' ? {} : { rule }) });
  return best ? { text: best.text, steps: best.steps } : { text: null, steps: null };
}

export interface Fill {
  readonly task: GapTask;
  /** Null: there was none, which counts as wrong. */
  readonly text: string | null;
  readonly steps: number | null;
}

/** The figures of fills of one kind. */
export function rowOf(
  documents: readonly Document[],
  kind: InfillRow['kind'],
  way: { readonly length: InfillRow['length']; readonly steps: InfillRow['steps'] },
  fills: readonly Fill[],
): InfillRow {
  const taken = fills.flatMap(({ steps }) => (steps === null ? [] : [steps]));
  const linesOf = (texts: readonly string[]): number =>
    texts.reduce((sum, text) => sum + text.trim().split('\n').length, 0) / texts.length;
  const written = fills.flatMap(({ text }) => (text === null || text.trim() === '' ? [] : [text]));
  const parsed = fills.map(({ task, text }) => (text === null ? false : parsesWith(documents, task, text)));
  return {
    kind,
    length: way.length,
    steps: way.steps,
    meanSteps: taken.length === 0 ? null : taken.reduce((a, b) => a + b, 0) / taken.length,
    exact: shareOfTrue(fills.map(({ task, text }) => text === task.middle)),
    parses: kind === 'three_lines' ? shareOfTrue(parsed.filter((p) => p !== null)) : null,
    lines:
      kind === 'three_lines' && written.length > 0
        ? { filled: linesOf(written), wanted: linesOf(fills.map(({ task }) => task.middle)) }
        : null,
  };
}

async function ghostText(model: CodeModel, m: Material): Promise<Ghost> {
  m.say('ghost text');
  return ghostOf(m.documents, m.cursors.length, await offersAt(model, m.cursors, m.signal));
}

async function mistakesOf(model: CodeModel, tasks: string, { say, signal }: Material): Promise<Mistakes> {
  say('mistakes');
  return measureMistakes(model, tasks, signal);
}

async function proofreadingOf(tools: TextTools, tasks: string, { say, signal }: Material): Promise<Proofreading | null> {
  say('proofreading');
  return measureProofreading(tools, tasks, signal);
}

export function codePoints(text: string): number {
  return Array.from(text).length;
}
