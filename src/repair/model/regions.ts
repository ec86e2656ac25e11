/** The stretches of text that the model is asked about: the suspicious functions, cut to what it can hold. */
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
