import * as z from 'zod';
import { editOffer, editResult, type EditOffer, type EditResult } from '../edit';
import { fateWords, inWords, toolFate, toolFile, toolLines, type Tool, type ToolFate } from './kind';

const input = z.object({
  file: toolFile,
  instruction: z
    .string()
    .max(2_000)
    .default('')
    .describe('What to change, for example "rename total to sum" or "use template literals". Empty: improve'),
  range: toolLines.optional().describe('Lines to edit (from 1, both included). Absent: the whole file'),
  apply: z
    .boolean()
    .default(false)
    .describe('Write the edit to the file, if the file is still what it was. Without it nothing is written'),
});

/** The engine's result without whole texts and offsets: an agent has the diff, and `apply`. */
const output = editResult.pick({ status: true, how: true, reason: true, message: true, file: true, diff: true, seconds: true, device: true }).extend({
  hunks: z.array(z.object({ title: z.string(), kinds: z.array(z.string()) })).describe('What was done; no kinds: by the model'),
  offers: z.array(editOffer).describe('Instructions that would find something to do, where nothing was edited'),
  ...toolFate.shape,
}); // prettier-ignore
export type EditToolOutput = z.infer<typeof output>;

/** An instructed edit of some lines. */
export const editTool = {
  name: 'unmask_edit',
  title: 'Edit',
  description:
    'Edits lines of a JavaScript or TypeScript file by an instruction. Instructions that mean one of 39 known edits (rename, const for var, template ' +
    'literals, for...of, async/await, JSDoc and the like) are done exactly and keep what the code does; `how` is then "known". Others are left to a ' +
    'small local model, which says so, and whose work only parses. Runs nothing of the project, and writes nothing unless `apply` is true.',
  input,
  output,
  runs: false,
} satisfies Tool<typeof input, typeof output>;

/** What an agent gets of a result. */
export function editOutput(found: EditResult, fate: ToolFate): EditToolOutput {
  // Without what it has no key for, and without offers of what would do nothing.
  return output.parse({ ...found, offers: found.offers.filter(({ places }) => places > 0), ...fate });
}

/** The same as text: for agents that read no structures. */
export function editWords(found: EditToolOutput): string {
  return inWords(
    found.message,
    fateWords(found, found.file, found.diff !== ''),
    found.diff,
    found.offers.length === 0 ? '' : `Instructions that would find something to do there:\n${offersText(found.offers)}`,
  );
}

/** Offers as lines: how many places, and the words that ask for it. */
export function offersText(offers: readonly EditOffer[]): string {
  const here = offers.filter(({ places }) => places > 0);
  if (here.length === 0) return 'No known edit finds a place here.\n';
  return here.map(({ instruction, places }) => `${String(places).padStart(4)}  ${instruction}\n`).join('');
}
