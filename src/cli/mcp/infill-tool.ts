import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import { completeParams, completeResult } from '../../protocol/messages';
import { languageOf, offsetOf } from '../complete';
import { CliError } from '../exit';
import { answering, existingFile, textOf, type ToolEngine } from './tool';

const { maxLines, maxTokens, minConfidence, seed } = completeParams.shape;
const place = z.object({ line: z.number().int().positive(), column: z.number().int().positive() });

const inputSchema = z.object({
  file: z
    .string()
    .optional()
    .describe('File with the gap (an absolute path, or one relative to the folder that the server runs in); needs `start`'),
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
type Input = z.infer<typeof inputSchema>;

/** Registers `unmask_infill`: text for a gap, seen from both sides. */
export function registerInfillTool(server: McpServer, engine: ToolEngine): void {
  server.registerTool(
    'unmask_infill',
    {
      title: 'Infill',
      description:
        'Writes the text of a gap in code with a local masked-diffusion model, which sees the code on both sides. Give `file` with `start` (and `end`), ' +
        'or `prefix` with `suffix`. `text` is null where the model is not sure enough. Reads only; writes nothing, runs nothing of the project.',
      inputSchema,
      outputSchema: completeResult,
      annotations: { title: 'Infill', readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    },
    (asked, call) =>
      answering(call, async () => {
        const options = {
          maxLines: asked.maxLines,
          maxTokens: asked.maxTokens,
          minConfidence: asked.minConfidence,
          seed: asked.seed,
        };
        const found = await engine.complete({ ...gap(asked), ...options }, { signal: call.signal });
        const text =
          found.text ??
          `No infill: ${found.silence ?? 'nothing found'}. Lower minConfidence (${asked.minConfidence}) to see what there is.`;
        return { structuredContent: found, content: [{ type: 'text', text }] };
      }),
  );
}

/** The code on both sides of the gap. Throws `CliError` where the arguments name none. */
function gap({ file, start, end, prefix, suffix, languageId }: Input): { prefix: string; suffix: string; languageId: string } {
  if (file === undefined) {
    if (prefix === undefined || suffix === undefined)
      throw new CliError('Give either `file` and `start`, or `prefix` and `suffix` (which may be empty).');
    return { prefix, suffix, languageId: languageId ?? 'javascript' };
  }
  if (prefix !== undefined || suffix !== undefined)
    throw new CliError('Give either `file` and `start`, or `prefix` and `suffix`, not both.');
  if (start === undefined) throw new CliError('With `file` give `start`, too: the line and column where the gap begins.');
  const target = existingFile(file);
  const text = textOf(target);
  const from = offsetOf(text, { file: target, ...start });
  const to = end === undefined ? from : offsetOf(text, { file: target, ...end });
  if (to < from) throw new CliError('`end` lies before `start`.');
  return { prefix: text.slice(0, from), suffix: text.slice(to), languageId: languageId ?? languageOf(target) };
}
