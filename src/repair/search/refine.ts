/** Self-correction by evidence: what a failed candidate showed decides what is tried next. */
import type { Suspicion } from '../localise/suspicion';
import type { Spectrum } from '../localise/spectrum';
import { segmentAt } from '../localise/spectrum';
import { conditionAtoms, negated } from '../propose/conditions';
import type { Emitter } from '../propose/emitter';
import { operand } from '../propose/emitter';
import type { Edit } from '../source/edits';
import { disjoint, minimal } from '../source/edits';
import type { SourceUnit } from '../source/parse';
import type ts from 'typescript';
import type { Candidate, Proposal } from '../types';

/** The smallest node that covers a range. */
export function nodeAt(unit: SourceUnit, start: number, end: number): ts.Node {
  let found: ts.Node = unit.file;
  const visit = (node: ts.Node): void => {
    if (node.getStart(unit.file) <= start && end <= node.end) {
      found = node;
      unit.ts.forEachChild(node, visit);
    }
  };
  unit.ts.forEachChild(unit.file, visit);
  return found;
}

/**
 * A change that mends the failing tests but breaks others goes too far: tries it under conditions (staged condition synthesis, after
 * Long and Rinard's SPR: first know that a change helps, then look for when).
 */
export function conditional(candidate: Candidate, emit: Emitter, limit = 60): Proposal[] {
  const { unit } = emit;
  const { ts: api } = unit;
  const edit = candidate.edits[0];
  if (candidate.edits.length !== 1 || !edit) return [];
  const node = nodeAt(unit, candidate.start, candidate.end);
  const atoms = conditionAtoms(node, emit, limit);
  const shape = { operator: 'refine.condition', source: candidate.source, start: candidate.start, end: candidate.end };
  const whole = unit.text.slice(candidate.start, edit.start) + edit.text + unit.text.slice(edit.end, candidate.end);
  const old = unit.text.slice(candidate.start, candidate.end);
  const unconditional = /^if \(true\) /.exec(edit.text);
  if (unconditional) {
    const rest = edit.text.slice(unconditional[0].length);
    return atoms.map((atom) => ({ ...shape, edits: [{ ...edit, text: `if (${atom.text}) ${rest}` }], delta: atom.delta }));
  }
  if (edit.start === edit.end && api.isStatement(node) && /;\s*$/.test(edit.text)) {
    const text = edit.text.trim();
    if (text.startsWith('if')) return [];
    return atoms.map((atom) => ({
      ...shape,
      edits: [{ ...edit, text: edit.text.replace(text, () => `if (${atom.text}) { ${text} }`) }],
      delta: atom.delta,
    }));
  }
  if (edit.start < candidate.start || edit.end > candidate.end) return [];
  if (api.isExpression(node) && !whole.includes(';')) {
    const boolean = emit.kind(node) === 'boolean';
    const out: Proposal[] = [];
    for (const atom of atoms) {
      out.push({
        ...shape,
        edits: [{ start: candidate.start, end: candidate.end, text: `(${atom.text} ? ${operand(whole)} : ${operand(old)})` }],
        delta: atom.delta - (boolean ? 0.5 : 0),
      });
    }
    return out;
  }
  if (api.isStatement(node)) {
    if (whole.trim() === '')
      return atoms.map((atom) => ({
        ...shape,
        edits: [{ start: candidate.start, end: candidate.end, text: `if (${negated(atom.text)}) { ${old} }` }],
        delta: atom.delta,
      }));
    if (!/\b(?:const|let)\b/.test(whole)) {
      return atoms.map((atom) => ({
        ...shape,
        edits: [{ start: candidate.start, end: candidate.end, text: `if (${atom.text}) { ${whole} } else { ${old} }` }],
        delta: atom.delta,
      }));
    }
  }
  return [];
}

/** A change that mends some of the failing tests and breaks nothing seen: joins it with others where the remaining tests pass through. */
export function joined(
  unit: SourceUnit,
  partial: Candidate,
  others: readonly Candidate[],
  remaining: readonly string[],
  spectrum: Spectrum,
  suspicion: Suspicion,
  limit: number,
): Proposal[] {
  const out: Proposal[] = [];
  for (const other of others) {
    if (out.length >= limit) break;
    if (other.id === partial.id || other.edits.length + partial.edits.length > 4) continue;
    const edits = composed(unit.text, partial, other);
    if (!edits) continue;
    const segment = segmentAt(spectrum, other.start);
    const runs =
      !spectrum.perTest ||
      !segment ||
      remaining.some((id) => segment.tests.has(id)) ||
      suspicion.at(other.start, other.end) > 0.5;
    if (!runs) continue;
    // The second change is ranked as if it stood alone: the first has earned its place.
    out.push({
      edits,
      operator: other.operator,
      delta: other.delta + (other.modelGain ?? 0) * 0.1,
      source: other.source === 'model' || partial.source === 'model' ? 'model' : 'mutation',
      start: other.start,
      end: other.end,
    });
  }
  return out;
}

/**
 * Both changes at once, or undefined where they are in each other's way. Edits are cut down to what they really change, so that
 * `x || a` and `x || b` join to `x || a || b`.
 */
export function composed(text: string, a: Proposal, b: Proposal): readonly Edit[] | undefined {
  const first = a.edits.map((e) => minimal(text, e));
  const out: Edit[] = [...first];
  for (const edit of b.edits.map((e) => minimal(text, e))) {
    const at = out.findIndex((e) => e.start === edit.start && e.start === e.end && edit.start === edit.end);
    if (at >= 0) {
      if (out[at]!.text === edit.text) return undefined;
      out[at] = { ...edit, text: out[at]!.text + edit.text };
      continue;
    }
    if (out.some((e) => e.start < edit.end && edit.start < e.end)) return undefined;
    if (out.some((e) => (e.start === e.end || edit.start === edit.end) && e.start <= edit.end && edit.start <= e.end))
      return undefined;
    out.push(edit);
  }
  return disjoint(out) ? out : undefined;
}
