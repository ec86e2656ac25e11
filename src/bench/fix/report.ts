/** Tables of repair outcomes for people. */
import { armNames, type FixOutcome } from './run';

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Figures of a group of outcomes. */
export function summarise(outcomes: readonly FixOutcome[]): {
  readonly tasks: number;
  readonly fixed: number;
  /** Of those broken by the benchmark itself: how many came back as the very program they were. */
  readonly exact: number;
  readonly medianSeconds: number;
  readonly totalSeconds: number;
  /** Over the tasks that were fixed. */
  readonly medianSecondsToFix: number;
  readonly medianCandidates: number;
  /** Until the first candidate passed, over the tasks that were fixed. */
  readonly medianCandidatesToPass: number;
  readonly medianTestsToPass: number;
} {
  const fixed = outcomes.filter((outcome) => outcome.fixed);
  return {
    tasks: outcomes.length,
    fixed: fixed.length,
    exact: outcomes.filter((outcome) => outcome.exact === true).length,
    medianSeconds: median(outcomes.map((outcome) => outcome.seconds)),
    totalSeconds: outcomes.reduce((sum, outcome) => sum + outcome.seconds, 0),
    medianSecondsToFix: median(fixed.map((outcome) => outcome.seconds)),
    medianCandidatesToPass: median(fixed.flatMap(({ firstPass }) => (firstPass ? [firstPass.candidates] : []))),
    medianTestsToPass: median(fixed.flatMap(({ firstPass }) => (firstPass ? [firstPass.testsRun] : []))),
    medianCandidates: median(outcomes.map((outcome) => outcome.candidatesTried)),
  };
}

/** Lines of text columns. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, x) => Math.max(...rows.map((row) => row[x]!.length)));
  return rows.map((row) =>
    row
      .map((cell, x) => (x === 0 ? cell.padEnd(widths[x]!) : cell.padStart(widths[x]!)))
      .join('  ')
      .trimEnd(),
  );
}

/** One row a task, and for each arm whether it was fixed (and by what), the seconds, the candidates tried and the tests run. */
export function taskTable(outcomes: readonly FixOutcome[]): string[] {
  const tasks = [...new Set(outcomes.map((outcome) => outcome.task))];
  const header = ['fixed by, seconds, candidates / tests', ...armNames];
  const rows = tasks.map((task) => [
    task,
    ...armNames.map((arm) => {
      const found = outcomes.find((outcome) => outcome.task === task && outcome.arm === arm);
      if (!found) return '-';
      const mark = found.fixed ? found.source : found.status;
      return `${mark} ${found.seconds.toFixed(1).padStart(5)} s ${String(found.candidatesTried).padStart(4)} / ${String(found.testsRun).padStart(5)}`;
    }),
  ]);
  return columns([header, ...rows]);
}

/** One row for each budget and arm. */
export function budgetTable(outcomes: readonly FixOutcome[]): string[] {
  const budgets = [...new Set(outcomes.map((outcome) => outcome.budget))];
  const rows = budgets.flatMap((budget) =>
    armNames.flatMap((arm) => {
      const group = outcomes.filter((outcome) => outcome.arm === arm && outcome.budget === budget);
      if (group.length === 0) return [];
      const s = summarise(group);
      return [
        [
          `${budget}, ${arm}`,
          `${s.fixed}/${s.tasks}`,
          `${s.exact}/${s.tasks}`,
          s.medianSecondsToFix.toFixed(1),
          s.medianSeconds.toFixed(1),
          String(Math.round(s.medianCandidates)),
          `${Math.round(s.medianCandidatesToPass)} / ${Math.round(s.medianTestsToPass)}`,
        ],
      ];
    }),
  );
  return columns([['', 'fixed', 'as before', 's to fix', 's (median)', 'candidates', 'to the first pass'], ...rows]);
}
