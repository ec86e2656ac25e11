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

/** Tokens that a proofreader is shown in all: a pass takes some 200 of them, in as many hundredths of a second. */
const mostRead = 3_000;
/** A class that is longer is read member by member. */
const longStatement = 1_200;

/**
 * What a proofreader reads, most suspicious first: whole statements of the file, so that it has an opinion on every change that waits. Changes that it has not seen would
 * come before those that it thinks little of.
 */
export function readingRegions(unit: SourceUnit, suspicion: Suspicion, model: Pick<CodeModel, 'countTokens'>): Region[] {
  const { ts: api } = unit;
  const found: (Region & { readonly tokens: number })[] = [];
  const add = (node: ts.Node): void => {
    const region = { start: startOf(unit, node), end: node.end };
    const suspected = worstIn(unit, node, suspicion);
    if (suspected === 0) return;
    const tokens = model.countTokens(unit.text.slice(region.start, region.end));
    if (api.isClassDeclaration(node) && tokens > longStatement) node.members.forEach(add);
    else found.push({ ...region, suspicion: suspected, tokens });
  };
  unit.file.statements.forEach(add);
  found.sort((a, b) => b.suspicion - a.suspicion);
  let left = mostRead;
  return found.filter(({ tokens }, i) => {
    if (i > 0 && tokens > left) return false;
    left -= tokens;
    return true;
  });
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
