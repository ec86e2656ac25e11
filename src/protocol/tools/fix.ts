import * as z from 'zod';
import { fixParams, fixResult, type FixResult } from '../messages';
import { fateWords, inWords, toolFate, toolFile, toolLines, type Tool, type ToolFate } from './kind';

const { testCommand, tests, budget, seed } = fixParams.shape;

const input = z.object({
  file: toolFile,
  range: toolLines.optional().describe('Lines (from 1, both included) the fault is suspected in. Absent: found by evidence'),
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

/** The engine's result without whole texts: an agent has the diff, and `apply`. */
const output = fixResult.omit({ newText: true, alternatives: true, error: true }).extend({
  alternatives: z
    .array(z.object({ diff: z.string(), source: z.enum(['model', 'mutation']) }))
    .describe('Other changes that passed every test, too, best first'),
  ...toolFate.shape,
});
export type FixToolOutput = z.infer<typeof output>;

/** Reason and Fix of one file, proved by the project's tests. */
export const fixTool = {
  name: 'unmask_fix',
  title: "Reason and Fix (runs the project's tests)",
  description:
    "Searches for a change of one JavaScript or TypeScript file that makes the project's failing tests pass, and proves it with the whole suite. " +
    "Runs the project's tests, many times, in temporary copies of the project. Returns the unified diff, the evidence that led to it and rival fixes. " +
    'Never edits tests, and writes nothing unless `apply` is true.',
  input,
  output,
  runs: true,
} satisfies Tool<typeof input, typeof output>;

/** What an agent gets of a result. */
export function fixOutput(found: FixResult, fate: ToolFate): FixToolOutput {
  return output.parse({ ...found, ...fate }); // without what it has no key for
}

/** The same as text: for agents that read no structures. */
export function fixWords(found: FixToolOutput): string {
  const evidence = found.trace
    .filter(({ kind }) => kind === 'failure' || kind === 'choice' || kind === 'proof' || kind === 'note')
    .map(({ kind, text }) => `${kind}: ${text}`);
  const headline = {
    fixed: `Fixed by a candidate from ${found.source}, proved by the tests.`,
    'not-fixed': 'Not fixed: no candidate passed the tests within the budget. Try a larger budget, or a range.',
    'no-failing-test': 'No test that runs code of this file fails, so there is nothing to prove a fix with.',
    error: 'Failed.',
  }[found.status];
  return inWords(headline, fateWords(found, found.file, found.status === 'fixed'), found.diff, ...evidence);
}
