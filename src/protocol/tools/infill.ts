import * as z from 'zod';
import { completeParams, completeResult, type CompleteResult } from '../messages';
import type { Tool } from './kind';

const { maxLines, maxTokens, minConfidence, seed } = completeParams.shape;
const place = z.object({ line: z.number().int().positive(), column: z.number().int().positive() });

const input = z.object({
  file: z
    .string()
    .optional()
    .describe(
      'File with the gap (an absolute path, or one relative to the workspace, or to the folder that an MCP server runs in); needs `start`',
    ),
  start: place.optional().describe('Where the gap in `file` begins; line and column count from 1'),
  end: place.optional().describe('Where it ends: what lies between is left out and written anew. Absent: nothing is left out'),
  prefix: z.string().optional().describe('Instead of `file`: the text before the gap; needs `suffix`'),
  suffix: z.string().optional().describe('The text after the gap'),
  languageId: z.string().optional().describe("VS Code's language id. Absent: by the file's ending, else javascript"),
  maxLines: maxLines.describe('Most lines of the infill'),
  maxTokens: maxTokens.describe('Most tokens of the infill'),
  minConfidence: minConfidence.describe('Stay silent below this confidence, from 0 (always answer) to 1'),
  seed: seed.describe('Makes a run repeatable'),
});
export type InfillToolInput = z.infer<typeof input>;

const output = completeResult.omit({ record: true });

/** Text for a gap, seen from both sides. */
export const infillTool = {
  name: 'unmask_infill',
  title: 'Infill',
  description:
    'Writes the text of a gap in code with a local masked-diffusion model, which sees the code on both sides. Give `file` with `start` (and `end`), ' +
    'or `prefix` with `suffix`. `text` is null where the model is not sure enough. Reads only; writes nothing, runs nothing of the project.',
  input,
  output,
  runs: false,
} satisfies Tool<typeof input, typeof output>;

/** What of the arguments goes to the engine as it is. */
export function infillOptions({ maxLines: lines, maxTokens: tokens, minConfidence: least, seed: number }: InfillToolInput): {
  readonly maxLines: number;
  readonly maxTokens: number;
  readonly minConfidence: number;
  readonly seed: number;
  readonly demanded: true;
} {
  return { maxLines: lines, maxTokens: tokens, minConfidence: least, seed: number, demanded: true };
}

/** The gap that the arguments name: in a file, or by the text around it; a string says why they name none. */
export function infillPlace({
  file,
  start,
  end,
  prefix,
  suffix,
}: InfillToolInput):
  | { readonly file: string; readonly start: z.infer<typeof place>; readonly end: z.infer<typeof place> }
  | { readonly file: undefined; readonly prefix: string; readonly suffix: string }
  | string {
  if (file === undefined) {
    if (prefix === undefined || suffix === undefined)
      return 'Give either `file` and `start`, or `prefix` and `suffix` (which may be empty).';
    return { file, prefix, suffix };
  }
  if (prefix !== undefined || suffix !== undefined) return 'Give either `file` and `start`, or `prefix` and `suffix`, not both.';
  if (start === undefined) return 'With `file` give `start`, too: the line and column where the gap begins.';
  return { file, start, end: end ?? start };
}

/** The answer as text: for agents that read no structures. */
export function infillWords(found: CompleteResult, { minConfidence: least }: InfillToolInput): string {
  return found.text ?? `No infill: ${found.silence ?? 'nothing found'}. Lower minConfidence (${least}) to see what there is.`;
}
