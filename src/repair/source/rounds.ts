/**
 * Mutants often loop for ever, and ending a worker costs far more than running a candidate. So for the first screening every loop of the file
 * counts its rounds and throws beyond a limit. The limit is far above what the tests needed; what passes is run again as it stands, and the
 * worker's own clock remains for what slips through.
 */
import type ts from 'typescript';
import type { Edit } from './edits';
import { applyEdits } from './edits';
import type { SourceUnit } from './parse';
import { startOf, walk } from './parse';

const counter = '__unmaskRounds';

/** Message of the error that a loop throws beyond its limit. */
export const endlessMessage = 'Unmask: this loop does not end';

/** Edits that make every loop below a node count. Lines stay where they are. */
export function countingEdits(unit: SourceUnit, root: ts.Node): Edit[] {
  const edits: Edit[] = [];
  walk(unit, root, (node) => {
    if (!unit.ts.isIterationStatement(node, false)) return undefined;
    const body = node.statement;
    const start = startOf(unit, body);
    if (unit.ts.isBlock(body)) edits.push({ start: start + 1, end: start + 1, text: `${counter}();` });
    else edits.push({ start, end: start, text: `{${counter}();` }, { start: body.end, end: body.end, text: '}' });
    return undefined;
  });
  return edits;
}

/** The counter itself, for the end of the file: declarations there are hoisted, so no line moves. */
export function counterCode(limit: number): string {
  return `\n;function ${counter}() { if ((${counter}.n = (${counter}.n ?? 0) + 1) > ${limit}) throw new Error('${endlessMessage}'); }\n`;
}

/** A text with counting loops (without the counter itself). */
export function withCounting(unit: SourceUnit): string {
  return applyEdits(unit.text, countingEdits(unit, unit.file));
}
