/** Lines of an answer, indented as the file is: models often begin at the margin, and with blanks where the file has tabs. */
import type ts from 'typescript';
import type { Region } from '../../../edits/plan/plan';
import { startOf, walk, type SourceUnit } from '../../../edits/source';

/** Lines of a source that parses. */
export interface Lines {
  readonly unit: SourceUnit;
  readonly region: Region;
}

/**
 * The lines of `fresh`, indented as the lines of `old` that they replace, and in the manner of the rest of the file. Lines that begin inside of a template, a text
 * or JSX text stay as they are, for there blanks count.
 */
export function reindent(fresh: Lines, old: Lines): string {
  const [lines, present] = [freeLines(fresh), freeLines(old)];
  const free = lines.flatMap(({ line, free: is }) => (is ? [line] : []));
  if (free.length === 0) return lines.map(({ line }) => line).join('\n');
  const shown = present.flatMap(({ line, free: is }) => (is ? [line] : []));
  const own = styleOf(free);
  const style = styleOf(old.unit.text.split('\n')) ?? own ?? usual;
  // Steps of another width are the author's own wish; blanks for tabs, or tabs for blanks, are not.
  const from = own && own.tabs !== style.tabs ? own : style;
  const base = Math.min(...(shown.length === 0 ? [''] : shown).map((line) => columns(indentOf(line), style.unit)));
  const least = Math.min(...free.map((line) => columns(indentOf(line), from.unit)));
  const known = new Set(shown);
  return lines
    .map(({ line, free: is }) => {
      // A line that stood there as it is needs no new indentation, however it was made.
      if (!is || (least === base && known.has(line))) return line;
      const beyond = columns(indentOf(line), from.unit) - least;
      const levels = Math.floor(beyond / from.unit);
      return indentation(base + levels * style.unit + (beyond % from.unit), style) + line.trimStart();
    })
    .join('\n');
}

interface Style {
  readonly tabs: boolean;
  /** Columns of one level. */
  readonly unit: number;
}

const usual: Style = { tabs: false, unit: 2 };

/** How lines are indented: by tabs if most are, else by the step between lines that is commonest; undefined where none is. */
function styleOf(lines: readonly string[]): Style | undefined {
  const indents = lines.filter((line) => line.trim() !== '').map(indentOf).filter((indent) => indent !== ''); // prettier-ignore
  if (indents.length === 0) return undefined;
  const tabs = indents.filter((indent) => indent.startsWith('\t')).length;
  if (tabs * 2 > indents.length) return { tabs: true, unit: 4 };
  const steps = new Map<number, number>();
  let before = 0;
  for (const line of lines) {
    if (line.trim() === '') continue;
    const now = indentOf(line).length;
    const step = now - before;
    if (step > 1 && step <= 8) steps.set(step, (steps.get(step) ?? 0) + 1);
    before = now;
  }
  const [best] = [...steps].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return { tabs: false, unit: best?.[0] ?? usual.unit };
}

function indentOf(line: string): string {
  return /^[ \t]*/.exec(line)![0];
}

function columns(indent: string, unit: number): number {
  let at = 0;
  for (const blank of indent) at += blank === '\t' ? unit : 1;
  return at;
}

function indentation(wide: number, { tabs, unit }: Style): string {
  const whole = Math.max(0, Math.round(wide));
  return tabs ? '\t'.repeat(Math.floor(whole / unit)) + ' '.repeat(whole % unit) : ' '.repeat(whole);
}

/** The region's lines, and which of them may be indented anew: those that say something and begin in no literal or JSX text. */
function freeLines({ unit, region }: Lines): { readonly line: string; readonly free: boolean }[] {
  const { ts: api } = unit;
  const spans: Region[] = [];
  walk(unit, unit.file, (node: ts.Node) => {
    if (node.end <= region.start || node.pos >= region.end) return false;
    if (api.isJsxText(node)) spans.push({ start: node.pos, end: node.end });
    else if (api.isStringLiteralLike(node) || api.isTemplateHead(node) || api.isTemplateMiddleOrTemplateTail(node)) spans.push({ start: startOf(unit, node), end: node.end });
    return undefined;
  }); // prettier-ignore
  let at = region.start;
  return unit.text.slice(region.start, region.end).split('\n').map((line) => {
    const start = at;
    at += line.length + 1;
    return { line, free: line.trim() !== '' && !spans.some((span) => span.start < start && start < span.end) };
  }); // prettier-ignore
}
