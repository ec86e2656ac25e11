import type { ScriptCoverage } from '../hooks/records';
import type { FileCoverage } from '../types';
import { relativeTo } from './stack';

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** V8's nested ranges as disjoint ones in order: the innermost range decides. Neighbours of the same count are joined. */
export function flattenRanges(nested: readonly Range[]): { start: number; end: number; count: number }[] {
  const sorted = [...nested].sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  const out: { start: number; end: number; count: number }[] = [];
  const open: Range[] = [];
  let at = 0;
  const emit = (to: number): void => {
    const inner = open.at(-1);
    if (inner === undefined || to <= at) return;
    const last = out.at(-1);
    if (last?.end === at && last.count === inner.count) last.end = to;
    else out.push({ start: at, end: to, count: inner.count });
  };
  for (const range of sorted) {
    while (open.length > 0 && open.at(-1)!.endOffset <= range.startOffset) {
      emit(open.at(-1)!.endOffset);
      at = Math.max(at, open.pop()!.endOffset);
    }
    emit(range.startOffset);
    at = range.startOffset;
    open.push(range);
  }
  while (open.length > 0) {
    emit(open.at(-1)!.endOffset);
    at = Math.max(at, open.pop()!.endOffset);
  }
  return out;
}

/**
 * Coverage by project file. A script whose extent differs from the file's text was transformed (TypeScript, bundles): its offsets mean nothing
 * for the source, so it is left out.
 */
export function projectCoverage(
  scripts: readonly ScriptCoverage[],
  roots: readonly string[],
  text: (file: string) => string | null,
): FileCoverage[] {
  const byFile = new Map<string, Range[]>();
  for (const script of scripts) {
    const file = relativeTo(script.url, roots);
    if (file === null) continue;
    const ranges = script.functions.flatMap((fn) => fn.ranges);
    byFile.set(file, [...(byFile.get(file) ?? []), ...ranges]);
  }
  const out: FileCoverage[] = [];
  for (const [file, ranges] of byFile) {
    const length = text(file)?.length;
    if (length === undefined || ranges.some((range) => range.endOffset > length)) continue;
    const flat = flattenRanges(ranges);
    if (flat.some(({ count }) => count > 0)) out.push({ file, ranges: flat });
  }
  return out;
}
