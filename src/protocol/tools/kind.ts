/** The tools for agents, told once for all that serve them: the MCP server and VS Code. What a tool does with the engine's answer is here, how it gets there is not. */
import * as z from 'zod';

/** What an agent reads of a tool before it calls it. */
export interface Tool<Input extends z.ZodType, Output extends z.ZodType> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: Input;
  readonly output: Output;
  /** Whether it runs code of the project. */
  readonly runs: boolean;
}

export const toolFile = z
  .string()
  .describe(
    'JavaScript or TypeScript file: an absolute path, or one relative to the workspace (to the folder that an MCP server runs in)',
  );

/** Lines, counted from 1, both included. */
export const toolLines = z.object({ start: z.number().int().positive(), end: z.number().int().positive() });

/** What became of a change that a tool was asked to write. */
export const toolFate = z.object({
  applied: z.boolean().describe('True where the change was written to the file'),
  applyError: z.string().optional().describe('Why a change that should have been written was not'),
});
export type ToolFate = z.infer<typeof toolFate>;

/** Parts of an answer in words, those that say nothing left out. */
export function inWords(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join('\n');
}

/** The sentence on what became of a change. */
export function fateWords({ applied, applyError }: ToolFate, file: string, changes: boolean): string {
  if (applied) return `Written to ${file}.`;
  return applyError ?? (changes ? 'Nothing was written; call again with apply: true, or apply the diff.' : '');
}
