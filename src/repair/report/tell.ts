/** Sentences of the trace: each says what was seen, never more. */
import type { TestRun, Verdict, Verifier } from '../../workspace/types';
import type { Suspicion } from '../localise/suspicion';
import type { Targets } from '../localise/targets';
import type { PoolCounts } from '../search/pool';
import type { SearchResult } from '../search/search';
import type { Ranked } from '../search/select';
import type { SourceUnit } from '../source/parse';
import { enclosingFunction, lineOf, startOf, walk } from '../source/parse';
import type { Candidate } from '../types';
import { brief, changeOf, codeAt, failureOf, familyOf, plural } from './describe';
import type { Trace } from './trace';

const shown = 4;

/** Where to start instead: the code that most failing tests run. */
function whatRuns({ tests, coverage }: TestRun): string {
  const testFiles = new Set(tests.map((t) => t.file));
  const counts = new Map<string, number>();
  for (const test of tests.filter((t) => t.state === 'failed'))
    for (const { file } of coverage?.get(test.id) ?? []) if (!testFiles.has(file)) counts.set(file, (counts.get(file) ?? 0) + 1);
  const files = [...counts].sort((a, b) => b[1] - a[1]).slice(0, shown).map(([file]) => file); // prettier-ignore
  return files.length === 0 ? '' : ` They run ${files.join(', ')}.`;
}

/** What the baseline run showed. */
export function tellFailures(trace: Trace, baseline: TestRun, targets: Targets, file: string, verifier: Verifier): void {
  const passed = baseline.tests.filter((t) => t.state === 'passed').length;
  const failed = baseline.tests.filter((t) => t.state === 'failed').length;
  if (failed === 0) {
    trace.add('failure', `All ${passed} tests pass: there is nothing that a fix could prove itself on.`);
    return;
  }
  if (targets.failing.length === 0) {
    trace.add(
      'failure',
      `${plural(failed, 'test')} of ${baseline.tests.length} fail, but none of them runs ${file} (or none is among the tests asked for).${whatRuns(baseline)}`,
    );
    return;
  }
  trace.add(
    'failure',
    `${plural(failed, 'test')} of ${failed + passed} fail; ${targets.failing.length === failed ? 'all' : targets.failing.length} of them concern ${file}.`,
  );
  for (const test of targets.failing.slice(0, shown)) {
    const frame = test.failure?.frames.find((f) => f.file === file);
    trace.add('failure', `${failureOf(test)}.`, frame?.line);
  }
  if (targets.failing.length > shown) trace.add('failure', `And ${targets.failing.length - shown} more.`);
  for (const [id, other] of targets.elsewhere) {
    trace.add(
      'note',
      `"${titleOf(id)}" also runs ${other}, which other tests show to be broken by itself: it may stay red after a right fix here.`,
    );
  }
  trace.add(
    'note',
    verifier.warm
      ? `Candidates run in ${plural(verifier.workers, 'warm worker')} that reproduced this run.`
      : 'Warm workers did not reproduce this run: each candidate gets a process of its own, which is slower.',
  );
}

function titleOf(id: string): string {
  return id.slice(id.lastIndexOf('> ') + 1).trim();
}

/** The most suspicious statements, one line each. */
export function tellSuspects(trace: Trace, unit: SourceUnit, suspicion: Suspicion): void {
  const found: { position: number; score: number; name: string }[] = [];
  walk(unit, unit.file, (node) => {
    if (!unit.ts.isStatement(node) || unit.ts.isBlock(node) || unit.ts.isFunctionDeclaration(node)) return undefined;
    const position = startOf(unit, node);
    const score = suspicion.at(position, node.end);
    const home = enclosingFunction(unit, node);
    const name = home?.name ? home.name.getText(unit.file) : '';
    if (score > 0) found.push({ position, score, name });
    return undefined;
  });
  found.sort((a, b) => b.score - a.score || a.position - b.position);
  if (found.length === 0) {
    trace.add('suspect', 'No statement of the file was executed by the failing tests; module-level code is searched alone.');
    return;
  }
  for (const { position, name } of found.slice(0, 3)) {
    const why = suspicion.why(position).join('; ');
    trace.add(
      'suspect',
      `Line ${lineOf(unit, position)}${name === '' ? '' : ` in ${name}`}: \`${codeAt(unit, position)}\`${why === '' ? '' : ` (${why})`}.`,
      lineOf(unit, position),
    );
  }
  const equal = found.filter((f) => f.score >= found[0]!.score * 0.99).length;
  if (equal > 3) trace.add('suspect', `${equal} statements are equally suspicious by this evidence.`);
}

/** Counts of what was tried. */
export function tellSearch(trace: Trace, found: SearchResult, counts: PoolCounts): void {
  const families = new Map<string, number>();
  for (const [operator, count] of found.byOperator)
    families.set(familyOf(operator), (families.get(familyOf(operator)) ?? 0) + count);
  const list = [...families].sort((a, b) => b[1] - a[1]).slice(0, 6).map(([name, count]) => `${name} ${count}`); // prettier-ignore
  const why = {
    exhausted: 'every candidate was tried',
    time: 'the time for searching ended',
    enough: 'a passing candidate stood the comparison',
    cancelled: 'cancelled',
  }[found.ended];
  trace.add(
    'attempt',
    `Tried ${found.tried} candidates (${found.fromModel} from the model) in ${found.testsRun} test runs until ${why}: ${list.join(', ')}. ` +
      `${counts.repeated} repeats and ${counts.unparsable} that do not parse were dropped${found.timeouts > 0 ? `; ${found.timeouts} did not end` : ''}.`,
  );
  if (found.plausible.length > 0) {
    trace.add(
      'evidence',
      `${plural(found.plausible.length, 'candidate')} ${found.plausible.length === 1 ? 'passes' : 'pass'} all tests; the first was attempt ${found.firstPass?.candidates ?? 0}.`,
    );
  }
}

/** Why there is no fix: the attempts that came closest. */
export function tellNearMisses(trace: Trace, unit: SourceUnit, found: SearchResult, targets: Targets, exhausted: boolean): void {
  for (const { candidate, attempt } of found.near.slice(0, 3)) {
    if (attempt.allGreen)
      trace.add(
        'evidence',
        `Near miss: ${changeOf(unit, candidate)} mends the failing tests but breaks ${plural(attempt.broken.length, 'other')}.`,
        lineOf(unit, candidate.start),
      );
    else if (attempt.green.size > 0)
      trace.add(
        'evidence',
        `Near miss: ${changeOf(unit, candidate)} mends ${attempt.green.size} of ${targets.failing.length} failing tests.`,
        lineOf(unit, candidate.start),
      );
    else if (attempt.red)
      trace.add(
        'evidence',
        `Moved: ${changeOf(unit, candidate)} changes the failure to: ${failureOf(attempt.red)}.`,
        lineOf(unit, candidate.start),
      );
  }
  trace.add(
    'note',
    exhausted
      ? 'Nothing that was proposed passes: the fault may need a larger change than was tried, or lie in another file.'
      : 'The time ended before the candidates did: a larger budget (--budget deep) tries more.',
  );
}

/** What the proof run said. */
export function tellProof(
  trace: Trace,
  unit: SourceUnit,
  candidate: Candidate,
  proof: Verdict,
  lost: readonly string[],
  targets: Targets,
  verifier: Verifier,
): void {
  const passed = proof.tests.filter((t) => t.state === 'passed').length;
  const stillRed = proof.tests.filter((t) => t.state === 'failed').length;
  if (lost.length > 0) {
    const why =
      proof.outcome === 'failed' || proof.outcome === 'passed'
        ? `"${titleOf(lost[0]!)}" did not pass`
        : `the run ended by ${proof.outcome}${proof.reason === undefined ? '' : ` (${brief(proof.reason)})`}`;
    trace.add('proof', `Not proved: ${changeOf(unit, candidate)}: in the whole suite ${why}.`);
    return;
  }
  const rest =
    stillRed === 0
      ? 'none fails'
      : `${plural(stillRed, 'test')} that failed before still ${stillRed === 1 ? 'fails' : 'fail'}, none of them because of this change`;
  const isolated = verifier.isolation.length > 0 ? verifier.isolation.join('; ') : 'no isolation is in force on this system';
  trace.add(
    'proof',
    `Proved by the project's own command in a fresh process and a clean copy: ${passed} tests pass, ${rest}; ${plural(targets.failing.length, 'target')}. Isolation: ${isolated}.`,
  );
}

/** Why this candidate, and how sure. */
export function tellChoice(trace: Trace, unit: SourceUnit, winner: Ranked, others: readonly Ranked[], confidence: number): void {
  const { candidate } = winner;
  const gain =
    candidate.modelGain === undefined
      ? ''
      : `; the model finds it ${candidate.modelGain >= 0 ? 'likelier' : 'less likely'} than the old text by ${Math.abs(candidate.modelGain).toFixed(1)} nats`;
  trace.add(
    'choice',
    `Chosen: ${changeOf(unit, candidate)} (${plural(winner.size, 'token')} changed, by ${candidate.source}${gain}).`,
    lineOf(unit, candidate.edits[0]!.start),
  );
  if (others.length === 0) {
    trace.add('choice', `No other candidate that was tried passes every test. Confidence ${confidence.toFixed(2)}.`);
    return;
  }
  const rivals = others.slice(0, 3).map((o) => changeOf(unit, o.candidate));
  trace.add(
    'choice',
    `${plural(others.length, 'other candidate')} also ${others.length === 1 ? 'passes' : 'pass'}, for example: ${rivals.join(' | ')}. Preferred for likelihood and size; the tests cannot tell them apart. Confidence ${confidence.toFixed(2)}.`,
  );
}
