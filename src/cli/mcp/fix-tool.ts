import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { FixResult } from '../../protocol/messages';
import { fixOutput, fixTool, fixWords, type ToolFate } from '../../protocol/tools';
import { applyText } from '../apply';
import { CliError } from '../exit';
import { answering, existingFile, progressOf, toolError, type ToolEngine } from './tool';

/** Registers `unmask_fix`: Reason and Fix of one file, proved by the project's tests. */
export function registerFixTool(server: McpServer, engine: ToolEngine): void {
  const { name, title, description, input, output } = fixTool;
  server.registerTool(
    name,
    {
      title,
      description,
      inputSchema: input,
      outputSchema: output,
      // Running tests is running the project's code; `apply` replaces the file's text.
      annotations: { title, readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
    },
    (asked, call) =>
      answering(call, async () => {
        const { apply, file, ...rest } = asked;
        const target = existingFile(file);
        const found = await engine.fix({ ...rest, file: target }, { signal: call.signal, onProgress: progressOf(call) });
        if (found.status === 'error') return toolError(`The fix failed: ${found.error ?? 'unknown error'}`);
        call.signal.throwIfAborted(); // whoever called it off wants nothing written
        const structured = fixOutput(found, await applied(target, found, apply));
        return { structuredContent: structured, content: [{ type: 'text', text: fixWords(structured) }] };
      }),
  );
}

async function applied(file: string, found: FixResult, apply: boolean): Promise<ToolFate> {
  if (!apply || found.status !== 'fixed') return { applied: false };
  if (found.newText === undefined || found.baseHash === undefined)
    return { applied: false, applyError: 'The engine gave no text to apply.' };
  try {
    await applyText(file, found.newText, found.baseHash);
    return { applied: true };
  } catch (error) {
    if (error instanceof CliError) return { applied: false, applyError: error.message };
    throw error;
  }
}
