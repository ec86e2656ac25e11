/** The stretches of text that the model is asked about: the suspicious functions, cut to what it can hold. */
import type ts from 'typescript';
import type { CodeModel } from '../../diffusion/code-model';
import type { Suspicion } from '../localise/suspicion';
import type { SourceUnit } from '../source/parse';
import { startOf, walk } from '../source/parse';

export interface Region {
  readonly start: number;
  readonly end: number;
  readonly suspicion: number;
}

/** Statements that hold no other statement list, most suspicious first, joined where they are neighbours. */
export function suspectRegions(unit: SourceUnit, suspicion: Suspicion, model: CodeModel): Region[] {
  const { ts: api } = unit;
  const lines: Region[] = [];
  walk(unit, unit.file, (node) => {
    if (!api.isStatement(node) || api.isBlock(node) || api.isFunctionDeclaration(node) || api.isImportDeclaration(node))
      return undefined;
    const start = startOf(unit, node);
    const score = suspicion.at(start, node.end);
    if (score <= 0) return undefined;
    const body = api.isIterationStatement(node, false)
      ? node.statement
      : api.isIfStatement(node)
        ? node.thenStatement
        : undefined;
    lines.push({ start, end: body ? body.getStart(unit.file) : node.end, suspicion: score });
    return undefined;
  });
  const best = Math.max(0, ...lines.map((l) => l.suspicion));
  const kept = lines.filter((l) => l.suspicion >= best * 0.4).sort((a, b) => a.start - b.start);
  const room = Math.floor(model.info.maxSequence * 0.4);
  const out: Region[] = [];
  for (const line of kept) {
    const last = out[out.length - 1];
    if (last && line.start - last.end < 120 && model.countTokens(unit.text.slice(last.start, line.end)) <= room) {
      out[out.length - 1] = {
        start: last.start,
        end: Math.max(last.end, line.end),
        suspicion: Math.max(last.suspicion, line.suspicion),
      };
    } else {
      out.push(line);
    }
  }
  return out.sort((a, b) => b.suspicion - a.suspicion).slice(0, 6);
}

/** Tokens that a proofreader is shown in all. */
const mostRead = 3_000;
/** Tokens of a region that a pass holds, what stands around them beside them. */
const onePass = 180;
/** A statement that is longer is read by its parts: the members of a class, the statements of a module's wrapper. */
const longStatement = 1_200;

/**
 * What a proofreader reads, most suspicious first: whole statements of the file, so that it has an opinion on every change that waits. Changes that it has not seen would
 * come before those that it thinks little of.
 */
export function readingRegions(unit: SourceUnit, suspicion: Suspicion, model: Pick<CodeModel, 'countTokens'>): Region[] {
  const read = (node: ts.Node): Reading[] => {
    const region = { start: startOf(unit, node), end: node.end };
    const suspected = worstIn(unit, node, suspicion);
    if (suspected === 0) return [];
    const tokens = model.countTokens(unit.text.slice(region.start, region.end));
    const parts = tokens > longStatement ? partsOf(unit, node) : [];
    return parts.length > 0 ? joined(parts.flatMap(read)) : [{ ...region, suspicion: suspected, tokens }];
  };
  const found = unit.file.statements.flatMap(read);
  found.sort((a, b) => b.suspicion - a.suspicion);
  let left = mostRead;
  return found.filter(({ tokens }, i) => {
    if (i > 0 && tokens > left) return false;
    left -= tokens;
    return true;
  });
}

interface Reading extends Region {
  readonly tokens: number;
}

/** Neighbours that one pass can hold are read in one. */
function joined(regions: readonly Reading[]): Reading[] {
  const out: Reading[] = [];
  for (const next of regions) {
    const last = out.at(-1);
    const tokens = (last?.tokens ?? 0) + next.tokens;
    if (last && next.start - last.end < 120 && tokens <= onePass)
      out[out.length - 1] = { start: last.start, end: next.end, suspicion: Math.max(last.suspicion, next.suspicion), tokens };
    else out.push(next);
  }
  return out;
}

/** The outermost statements and class members within a node. */
function partsOf(unit: SourceUnit, node: ts.Node): ts.Node[] {
  const { ts: api } = unit;
  const parts: ts.Node[] = [];
  walk(unit, node, (inner) => {
    if (inner === node || api.isBlock(inner) || !(api.isStatement(inner) || api.isClassElement(inner))) return undefined;
    parts.push(inner);
    return false;
  });
  return parts;
}

/** The largest suspicion of anything within a node. */
function worstIn(unit: SourceUnit, node: ts.Node, suspicion: Suspicion): number {
  let worst = 0;
  walk(unit, node, (inner) => {
    worst = Math.max(worst, suspicion.at(startOf(unit, inner), inner.end));
    return undefined;
  });
  return worst;
}
