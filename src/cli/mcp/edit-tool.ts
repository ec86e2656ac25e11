import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import { editOffer, editResult } from '../../protocol/edit';
import { applyEdit, charactersOf, offersText, readSource } from '../edit';
import { answering, existingFile, progressOf, type ToolEngine } from './tool';

const line = z.number().int().positive();

const inputSchema = z.object({
  file: z
    .string()
    .describe('JavaScript or TypeScript file: an absolute path, or one relative to the folder that the server runs in'),
  instruction: z
    .string()
    .max(2_000)
    .default('')
    .describe('What to change, for example "rename total to sum" or "use template literals". Empty: improve'),
  range: z
    .object({ start: line, end: line })
    .optional()
    .describe('Lines to edit (from 1, both included). Absent: the whole file'),
  apply: z
    .boolean()
    .default(false)
    .describe('Write the edit to the file, if the file is still what it was. Without it nothing is written'),
});

/** The engine's result without whole texts and offsets: an agent has the diff, and `apply`. */
const outputSchema = editResult.pick({ status: true, how: true, reason: true, message: true, file: true, diff: true, seconds: true, device: true }).extend({
  hunks: z.array(z.object({ title: z.string(), kinds: z.array(z.string()) })).describe('What was done; no kinds: by the model'),
  offers: z.array(editOffer).describe('Instructions that would find something to do, where nothing was edited'),
  applied: z.boolean().describe('True where the edit was written to the file'),
  applyError: z.string().optional().describe('Why an edit that should have been written was not'),
}); // prettier-ignore

/** Registers `unmask_edit`: an instructed edit of some lines. */
export function registerEditTool(server: McpServer, engine: ToolEngine): void {
  server.registerTool(
    'unmask_edit',
    {
      title: 'Edit',
      description:
        'Edits lines of a JavaScript or TypeScript file by an instruction. Instructions that mean one of 39 known edits (rename, const for var, template ' +
        'literals, for...of, async/await, JSDoc and the like) are done exactly and keep what the code does; `how` is then "known". Others are left to a ' +
        'small local model, which says so, and whose work only parses. Runs nothing of the project, and writes nothing unless `apply` is true.',
      inputSchema,
      outputSchema,
      annotations: { title: 'Edit', readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
    },
    ({ file, instruction, range, apply }, call) =>
      answering(call, async () => {
        const target = existingFile(file);
        const text = readSource(target);
        const asked = { file: target, text, range: charactersOf(text, range, target), instruction };
        const found = await engine.edit(asked, { signal: call.signal, onProgress: progressOf(call) });
        call.signal.throwIfAborted(); // whoever called it off wants nothing written
        const fate = apply ? await applyEdit(found) : { applied: false };
        const offers = found.offers.filter(({ places }) => places > 0);
        const structured = outputSchema.parse({ ...found, offers, ...fate }); // without what it has no key for
        const parts = [
          structured.message,
          structured.applied ? `Written to ${target}.` : (structured.applyError ?? (structured.diff === '' ? '' : 'Nothing was written; call again with apply: true, or apply the diff.')),
          structured.diff,
          offers.length === 0 ? '' : `Instructions that would find something to do there:\n${offersText(offers)}`,
        ]; // prettier-ignore
        return { structuredContent: structured, content: [{ type: 'text', text: parts.filter((p) => p !== '').join('\n') }] };
      }),
  );
}
