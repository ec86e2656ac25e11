import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { infillOptions, infillPlace, infillTool, infillWords, type InfillToolInput } from '../../protocol/tools';
import { languageOf, offsetOf } from '../complete';
import { CliError } from '../exit';
import { answering, existingFile, textOf, type ToolEngine } from './tool';

/** Registers `unmask_infill`: text for a gap, seen from both sides. */
export function registerInfillTool(server: McpServer, engine: ToolEngine): void {
  const { name, title, description, input, output } = infillTool;
  server.registerTool(
    name,
    {
      title,
      description,
      inputSchema: input,
      outputSchema: output,
      annotations: { title, readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    },
    (asked, call) =>
      answering(call, async () => {
        const found = await engine.complete({ ...gap(asked), ...infillOptions(asked) }, { signal: call.signal });
        return { structuredContent: output.parse(found), content: [{ type: 'text', text: infillWords(found, asked) }] };
      }),
  );
}

/** The code on both sides of the gap. Throws `CliError` where the arguments name none. */
function gap(asked: InfillToolInput): { prefix: string; suffix: string; languageId: string } {
  const place = infillPlace(asked);
  if (typeof place === 'string') throw new CliError(place);
  if (place.file === undefined)
    return { prefix: place.prefix, suffix: place.suffix, languageId: asked.languageId ?? 'javascript' };
  const target = existingFile(place.file);
  const text = textOf(target);
  const from = offsetOf(text, { file: target, ...place.start });
  const to = offsetOf(text, { file: target, ...place.end });
  if (to < from) throw new CliError('`end` lies before `start`.');
  return { prefix: text.slice(0, from), suffix: text.slice(to), languageId: asked.languageId ?? languageOf(target) };
}
