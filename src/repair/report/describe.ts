/** Words for people: changes, failures, counts. */
import type { TestCase } from '../../workspace/types';
import type { SourceUnit } from '../source/parse';
import { lineOf } from '../source/parse';
import type { Proposal } from '../types';

/** One line, cut to a length. */
export function brief(text: string, length = 90): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The line of code a position stands on. */
export function codeAt(unit: SourceUnit, position: number): string {
  const line = unit.text.slice(unit.text.lastIndexOf('\n', position - 1) + 1);
  return brief(line.slice(0, line.includes('\n') ? line.indexOf('\n') : undefined));
}

/** `line 12: "a < b" became "a <= b"`. */
export function changeOf(unit: SourceUnit, proposal: Proposal): string {
  const parts = proposal.edits.map((edit) => {
    const old = unit.text.slice(edit.start, edit.end);
    const line = lineOf(unit, edit.start + (/^\s*/.exec(old)?.[0].length ?? 0));
    if (old.trim() === '') return `line ${line}: added \`${brief(edit.text, 60)}\``;
    if (edit.text.trim() === '') return `line ${line}: removed \`${brief(old, 60)}\``;
    if (old.length <= 3 && edit.text.length <= 3) {
      const whole = unit.text.slice(proposal.start, proposal.end);
      if (whole.length <= 60 && edit.start >= proposal.start && edit.end <= proposal.end && proposal.edits.length === 1) {
        const after = whole.slice(0, edit.start - proposal.start) + edit.text + whole.slice(edit.end - proposal.start);
        return `line ${line}: \`${brief(whole, 60)}\` became \`${brief(after, 60)}\``;
      }
    }
    return `line ${line}: \`${brief(old, 60)}\` became \`${brief(edit.text, 60)}\``;
  });
  return parts.join('; ');
}

/** How a test failed: values where the runner tells them, else its message. */
export function failureOf(test: TestCase): string {
  const { failure } = test;
  if (!failure) return `"${test.title}" failed`;
  const values =
    failure.expected !== undefined && failure.actual !== undefined
      ? `expected ${brief(failure.expected, 60)}, got ${brief(failure.actual, 60)}`
      : brief(failure.message, 120);
  return `"${test.title}" failed: ${values}`;
}

/** Plain families of operators, for counts in the trace. */
export function familyOf(operator: string): string {
  const head = operator.slice(0, operator.indexOf('.'));
  const words: Readonly<Record<string, string>> = {
    operator: 'operators',
    unary: 'operators',
    operand: 'operands',
    literal: 'literals',
    name: 'names',
    wrap: 'missing calls',
    call: 'calls and arguments',
    copy: 'copies',
    await: 'async',
    spread: 'spreads',
    condition: 'conditions',
    expression: 'expressions',
    index: 'indexes',
    chain: 'optional chains',
    statement: 'statements',
    if: 'branches',
    loop: 'loops',
    jump: 'jumps',
    return: 'returns',
    switch: 'branches',
    parameter: 'parameters',
    guard: 'guards',
    model: 'model infills',
    refine: 'refined attempts',
    combine: 'combined attempts',
  };
  return words[head] ?? head;
}
