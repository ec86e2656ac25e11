import { fileURLToPath } from 'node:url';
import path from 'node:path';
import type { StackFrame } from '../types';

/** `file:line:column`, absolute or relative (some runners shorten), as a path or a file URL. */
const location = /((?:file:\/\/)?(?:[A-Za-z]:[\\/])?[^\s():'"]+\.[cm]?[jt]sx?(?:\?[^\s():]*)?):(\d+)(?::(\d+))?/;

/** Longer lines are data, not frames, and would cost the pattern time that grows with their square. */
const longestLine = 2000;

/** Frames of a stack (or of any output that names places) that lie in the project; `roots` are the folders it runs under. Innermost first, no repeats. */
export function parseFrames(text: string, roots: readonly string[]): StackFrame[] {
  const exact: StackFrame[] = [];
  const vague: StackFrame[] = [];
  const seen = new Set<string>();
  for (const line of text.split('\n')) {
    const found = line.length > longestLine ? null : location.exec(line);
    if (!found) continue;
    const file = relativeTo(found[1]!, roots);
    if (file === null) continue;
    const frame = { file, line: Number(found[2]), column: Number(found[3] ?? 1) };
    const key = `${frame.file}:${frame.line}:${frame.column}`;
    if (!seen.has(key)) (found[3] === undefined ? vague : exact).push(frame);
    seen.add(key);
  }
  // Headlines such as `a.js:3` only repeat what a stack says better.
  return exact.length > 0 ? exact : vague;
}

/** A path or file URL as the contract writes it (relative, forward slashes); null if outside the project or in a package. */
export function relativeTo(place: string, roots: readonly string[]): string | null {
  let file = place.split(/[?#]/)[0]!;
  try {
    if (file.startsWith('file://')) file = fileURLToPath(file);
  } catch {
    return null;
  }
  if (!path.isAbsolute(file)) file = path.resolve(roots[0] ?? '', file);
  for (const root of roots) {
    if (!file.startsWith(root + path.sep)) continue;
    const relative = path.relative(root, file).split(path.sep).join('/');
    return relative.startsWith('../') || /(^|\/)node_modules\//.test(relative) ? null : relative;
  }
  return null;
}

/** Replaces the sandbox's folder names in a text by the project's, so that nobody sees a temporary path. */
export function hidePaths(text: string, from: string, to: string): string {
  return text.replaceAll(from, to);
}
