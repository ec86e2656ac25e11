import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { fixParams, fixResult, type FixResult } from '../../protocol/messages';
import { applyText } from '../apply';
import { CliError } from '../exit';
import { answering, existingFile, progressOf, toolError, type ToolEngine } from './tool';

const { range, testCommand, tests, budget, seed } = fixParams.shape;

const inputSchema = z.object({
  file: z
    .string()
    .describe('Source file with the suspected fault: an absolute path, or one relative to the folder that the server runs in'),
  range: range.describe('Lines (from 1, both included) the fault is suspected in. Absent: found by evidence'),
  testCommand: testCommand.describe(
    'Command whose exit code tells whether the tests pass. Absent: mocha or node:test is found by itself',
  ),
  tests: tests.describe('Only these failing tests matter (ids or titles). Absent: all that fail and run code of the file'),
  budget: budget.describe('About 5, 30 or 120 seconds of search'),
  seed: seed.describe('Makes a run repeatable'),
  apply: z
    .boolean()
    .default(false)
    .describe('Write a verified fix to the file, if the file is still what it was. Without it nothing is written'),
});
type Input = z.infer<typeof inputSchema>;

/** The engine's result without whole texts: an agent has the diff, and `apply`. */
const outputSchema = fixResult.omit({ newText: true, alternatives: true, error: true }).extend({
  alternatives: z
    .array(z.object({ diff: z.string(), source: z.enum(['model', 'mutation']) }))
    .describe('Other changes that passed every test, too, best first'),
  applied: z.boolean().describe('True where the fix was written to the file'),
  applyError: z.string().optional().describe('Why a fix that should have been written was not'),
});
type Output = z.infer<typeof outputSchema>;

const title = "Reason and Fix (runs the project's tests)";

/** Registers `unmask_fix`: Reason and Fix of one file, proved by the project's tests. */
export function registerFixTool(server: McpServer, engine: ToolEngine): void {
  server.registerTool(
    'unmask_fix',
    {
      title,
      description:
        "Searches for a change of one JavaScript or TypeScript file that makes the project's failing tests pass, and proves it with the whole suite. " +
        "Runs the project's tests, many times, in temporary copies of the project. Returns the unified diff, the evidence that led to it and rival fixes. " +
        'Never edits tests, and writes nothing unless `apply` is true.',
      inputSchema,
      outputSchema,
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
        return answer(found, await applied(target, found, apply));
      }),
  );
}

type Applied = Pick<Output, 'applied' | 'applyError'>;

async function applied(file: string, found: FixResult, apply: Input['apply']): Promise<Applied> {
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

function answer(found: FixResult, fate: Applied): CallToolResult {
  const structured = outputSchema.parse({ ...found, ...fate }); // without what it has no key for
  return { structuredContent: structured, content: [{ type: 'text', text: words(structured) }] };
}

function words(found: Output): string {
  const evidence = found.trace
    .filter(({ kind }) => kind === 'failure' || kind === 'choice' || kind === 'proof' || kind === 'note')
    .map(({ kind, text }) => `${kind}: ${text}`);
  const headline = {
    fixed: `Fixed by a candidate from ${found.source}, proved by the tests.`,
    'not-fixed': 'Not fixed: no candidate passed the tests within the budget. Try a larger budget, or a range.',
    'no-failing-test': 'No test that runs code of this file fails, so there is nothing to prove a fix with.',
    error: 'Failed.',
  }[found.status];
  const fate = found.applied
    ? `Written to ${found.file}.`
    : (found.applyError ??
      (found.status === 'fixed' ? 'Nothing was written; call again with apply: true, or apply the diff.' : ''));
  return [headline, fate, found.diff, ...evidence].filter((part) => part !== '').join('\n');
}
