/** Problems that changes have made: what parser and checker say afterwards and did not say before. */
import { originsOf, textsAfter, type RefactorHunk } from '../change';
import type { ProjectView } from './project';
import type { Problem } from './questions';

/** Unchanged files that are looked at beside the changed ones, because they use them. */
const mostUsers = 100;
/** How often a kind of problem occurs in each file of interest, before anything was changed. */
export class Diagnosis {
  private readonly before = new Map<string, readonly Problem[]>();

  constructor(private readonly view: ProjectView) {}

  /** Problems of the texts that `hunks` leave which are not those of the beginning. Leaves the view as it was in the beginning. */
  newProblems(hunks: readonly RefactorHunk[]): Problem[] {
    const { view } = this;
    const texts = textsAfter(hunks, (file) => view.textOf(file));
    const files = [...texts.keys(), ...this.usersOf([...texts.keys()])];
    const known = files.map((file) => this.problemsBefore(file));
    view.show(texts);
    try {
      return files.flatMap((file, i) => added(known[i]!, view.problems(file), originsOf(hunks, file)));
    } finally {
      view.show(new Map());
    }
  }

  private problemsBefore(file: string): readonly Problem[] {
    const found = this.before.get(file) ?? (this.view.exists(file) ? this.view.problems(file) : []);
    this.before.set(file, found);
    return found;
  }

  private usersOf(files: readonly string[]): string[] {
    const users = files.flatMap((file) => (this.view.exists(file) ? this.view.service.getFileReferences(file) : []));
    const names = new Set(users.map((u) => u.fileName).filter((name) => !files.includes(name) && this.view.files.includes(name)));
    return [...names].slice(0, mostUsers);
  }
}

/**
 * Of problems of one file those that came with the changes. Messages name what may have been renamed, so that problems are told apart by their kind and
 * place: a kind that is no more frequent than before is the same problem as before, wherever it went.
 */
function added(before: readonly Problem[], after: readonly Problem[], originOf: ReturnType<typeof originsOf>): Problem[] {
  const count = (problems: readonly Problem[], code: number): number => problems.filter((p) => p.code === code).length;
  const found: Problem[] = [];
  for (const code of new Set(after.map((p) => p.code))) {
    const more = count(after, code) - count(before, code);
    if (more <= 0) continue;
    const known = before.filter((p) => p.code === code).map((p) => p.start);
    const fresh = after.filter((p) => p.code === code && !known.includes(originOf(p.start).offset));
    // Where places say nothing, the last ones: something has to be told.
    found.push(...(fresh.length > 0 ? fresh : after.filter((p) => p.code === code).slice(-more)));
  }
  return found;
}

/** The hunks that a problem speaks of: the one that wrote the place, else those that change its line, else all of its file, else all. */
export function blamedFor(view: ProjectView, problem: Problem, hunks: readonly RefactorHunk[]): RefactorHunk[] {
  const text = textsAfter(hunks, (file) => view.textOf(file)).get(problem.file) ?? view.textOf(problem.file);
  const originOf = originsOf(hunks, problem.file);
  const inRange = (start: number, end: number): RefactorHunk[] => {
    const found = new Set<RefactorHunk>();
    for (let offset = start; offset <= end; offset++) {
      const { hunk } = originOf(offset);
      if (hunk) found.add(hunk);
    }
    return [...found];
  };
  const there = inRange(problem.start, Math.max(problem.start, problem.end - 1));
  if (there.length > 0) return there;
  const lineStart = text.lastIndexOf('\n', problem.start - 1) + 1;
  const lineEnd = text.indexOf('\n', problem.end);
  const line = inRange(lineStart, lineEnd < 0 ? text.length : lineEnd);
  if (line.length > 0) return line;
  // A declaration elsewhere may have changed: the hunks with a name that the problem's place uses.
  const word = /[A-Za-z_$][\w$]*/.exec(text.slice(problem.start, problem.end))?.[0];
  const named = word === undefined ? [] : hunks.filter((h) => h.files.some((f) => f.edits.some((e) => e.text.includes(word) || touches(view, f.file, e, word)))); // prettier-ignore
  if (named.length > 0) return named;
  const own = hunks.filter((h) => h.files.some((f) => f.file === problem.file));
  return own.length > 0 ? own : [...hunks];
}

function touches(view: ProjectView, file: string, edit: { start: number; end: number }, word: string): boolean {
  return view.textOf(file).slice(edit.start, edit.end).includes(word);
}
