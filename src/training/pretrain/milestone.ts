/** A model folder from a training under way: what the product loads, and what the training can go on from when nothing else is left. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { writeFileAtomically } from '../../model/atomic-file';
import { parameterCount, type TransformerConfig } from '../../model/config';
import { readOptionalJson, textLimits } from '../../model/files';
import { writeNetwork } from '../../model/network-write';
import { weightsOf, type Parameter } from '../parameters';
import { streamPosition } from './stream';
import { planOf, settingsSchema, stageAt } from './settings';

export const progressSchema = z.object({
  version: z.literal(1),
  settings: settingsSchema,
  updates: z.number().int().min(0),
  /** Positions computed, and hours of training. */
  tokens: z.number().min(0),
  seconds: z.number().min(0),
  data: streamPosition,
  corpus: z.object({ packages: z.number(), documents: z.number(), characters: z.number(), tokens: z.number() }),
  charactersPerToken: z.number(),
  /** Held-out scores, newest last. */
  evaluations: z.array(z.object({ updates: z.number(), metrics: z.record(z.string(), z.number()) })),
});
export type Progress = z.infer<typeof progressSchema>;

const progressFile = 'training.json';

export interface Milestone {
  readonly folder: string;
  /** Folder of the tokenizer's files. */
  readonly tokenizer: string;
  readonly config: TransformerConfig;
  readonly parameters: readonly Parameter[];
  readonly progress: Progress;
}

/** Writes weights in half precision, tokenizer, configuration, manifest, card and the training's place. Each file is replaced in one step. */
export async function writeMilestone(m: Milestone): Promise<void> {
  const { folder, config, progress } = m;
  await mkdir(folder, { recursive: true });
  await writeNetwork(folder, config, weightsOf(config, m.parameters), { dtype: 'F16', tokenizerFrom: m.tokenizer });
  const infills = stageAt(planOf(progress.settings), progress.updates) === 'diffusion';
  const write = (name: string, text: string): Promise<void> => writeFileAtomically(path.join(folder, name), [Buffer.from(text)]);
  await write('manifest.json', `${JSON.stringify({ id: 'unmask-tiny', capabilities: infills ? ['infill'] : [] })}\n`);
  await write('README.md', cardOf(m));
  await write(progressFile, `${JSON.stringify(progress, null, 1)}\n`);
}

/** Where a model folder's training stood; null for one that this trainer did not write. Throws ModelError if the file is damaged. */
export async function readProgress(folder: string): Promise<Progress | null> {
  const found = await readOptionalJson(path.join(folder, progressFile), textLimits.manifest);
  return found && progressSchema.parse(found.json);
}

/** A model card to be finished by hand: only what was measured. */
export function cardOf({ config: c, progress: p }: Pick<Milestone, 'config' | 'progress'>): string {
  const { settings: s } = p;
  const millions = (n: number): string => `${(n / 1e6).toFixed(1)}M`;
  const last = p.evaluations.at(-1);
  const scores = new Map(p.evaluations.flatMap((e) => Object.entries(e.metrics)));
  return `# unmask-tiny

${millions(parameterCount(c))} parameters, LLaDA layout: ${c.layers} layers, width ${c.width}, ${c.heads} heads, SwiGLU ${c.mlpWidth}, RMSNorm, rotary positions, tied head, no biases, half precision on disk. Byte-level BPE of
${c.vocabulary} tokens, ${p.charactersPerToken.toFixed(2)} characters each on held-out code. Sequences of ${c.maxSequence} tokens.

Trained from scratch by this project's own trainer (\`npm run data\`, \`npm run pretrain\`) on ${millions(p.corpus.characters)} characters (${millions(p.corpus.tokens)} tokens) of JavaScript and TypeScript from
${p.corpus.packages} permissively licensed npm packages, which src/training/corpus/packages.json names.

| | |
|---|---|
| tokens trained | ${millions(p.tokens)} of ${millions(s.tokens)} planned |
| stage | ${stageAt(planOf(s), p.updates)} |
| hours | ${(p.seconds / 3600).toFixed(2)} |
| updates | ${p.updates} of ${s.sequences} sequences of ${s.length} tokens |
| optimiser | ${s.optimiser}, learning rate ${s.learningRate} |

Held-out packages${last ? `, after ${last.updates} updates` : ''}:

| measure | value |
|---|---|
${Array.from(scores, ([name, value]) => `| ${name.replaceAll('_', ' ')} | ${value.toFixed(4)} |`).join('\n')}
`;
}
