import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { editOutput, editTool, editWords } from '../../protocol/tools';
import { applyEdit, charactersOf, readSource } from '../edit';
import { answering, existingFile, progressOf, type ToolEngine } from './tool';

/** Registers `unmask_edit`: an instructed edit of some lines. */
export function registerEditTool(server: McpServer, engine: ToolEngine): void {
  const { name, title, description, input, output } = editTool;
  server.registerTool(
    name,
    {
      title,
      description,
      inputSchema: input,
      outputSchema: output,
      annotations: { title, readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
    },
    ({ file, instruction, range, apply }, call) =>
      answering(call, async () => {
        const target = existingFile(file);
        const text = readSource(target);
        const asked = { file: target, text, range: charactersOf(text, range, target), instruction };
        const found = await engine.edit(asked, { signal: call.signal, onProgress: progressOf(call) });
        call.signal.throwIfAborted(); // whoever called it off wants nothing written
        const structured = editOutput(found, apply ? await applyEdit(found) : { applied: false });
        return { structuredContent: structured, content: [{ type: 'text', text: editWords(structured) }] };
      }),
  );
}
