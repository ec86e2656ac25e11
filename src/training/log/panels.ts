/** Which curves a picture of trainings shows: panels with lines, from logs. Knows nothing of drawing. */
import { inOrder, lookOf, rewardPart } from './metrics';
import type { LogRecord } from './records';
import { bucketMeans, courseOf, isNoisy, movingMean, type Course, type Point } from './series';

/** One training, or one arm of an experiment. */
export interface LoggedRun {
  readonly name: string;
  readonly records: readonly LogRecord[];
}

export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Few and far between: each point is marked. */
  readonly marked: boolean;
  /** The values themselves where the line is their moving mean. */
  readonly raw?: Line['points'];
}

export interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

export type Axis = 'updates' | 'minutes';

/** Noisy courses longer than this are shown as their moving mean, over a twentieth of them. */
const short = 40;
/** Points of a line; more would not be seen. */
const most = 400;

/**
 * A panel for each metric, in the order of metrics.ts, with a line for each run. The parts of the reward share its panel where there is one run, as do the
 * metrics of each held-out set, which come first.
 */
export function panelsOf(runs: readonly LoggedRun[], axis: Axis): Panel[] {
  const courses = runs.map((run) => ({ name: run.name, course: courseOf(run.records) }));
  const names = (of: (course: Course) => Map<string, unknown>): string[] => [...new Set(courses.flatMap(({ course }) => [...of(course).keys()]))]; // prettier-ignore
  const single = runs.length === 1;
  const line = (name: string, points: readonly Point[] | undefined, marked: boolean): Line[] => {
    const finite = (points ?? []).filter((p) => Number.isFinite(p.value));
    if (finite.length === 0) return [];
    const xs = finite.map((p) => (axis === 'updates' ? p.step : p.seconds / 60));
    const ys = finite.map((p) => p.value);
    if (marked || finite.length <= short || !isNoisy(ys)) return [{ name, points: thinned(xs, ys), marked }];
    const smooth = thinned(xs, movingMean(ys, Math.ceil(ys.length / 20)));
    // The values of several runs on top of each other would hide all of them.
    return [{ name, points: smooth, marked, ...(single ? { raw: thinned(xs, ys) } : {}) }];
  };
  const evaluations = names((course) => course.evaluations).map((name) => ({
    title: `${name} (held out)`,
    lines: courses.flatMap(({ name: run, course }) => line(run, course.evaluations.get(name), true)),
  }));
  const metrics = inOrder(names((course) => course.updates));
  const updates = metrics
    .filter((metric) => !single || !metric.startsWith(rewardPart) || !metrics.includes('reward'))
    .map((metric) => {
      const parts = single && metric === 'reward' ? metrics.filter((m) => m.startsWith(rewardPart)) : [];
      return {
        title: lookOf(metric).title,
        lines: [metric, ...parts].flatMap((m) =>
          courses.flatMap(({ name: run, course }) => line(single ? lookOf(m).title : run, course.updates.get(m), false)),
        ),
      };
    });
  return [...(single ? joined(evaluations) : evaluations), ...updates].filter((panel) => panel.lines.length > 0);
}

function thinned(xs: readonly number[], ys: readonly number[]): Line['points'] {
  const means = bucketMeans(ys, most);
  return bucketMeans(xs, most).map((x, i) => [x, means[i]!] as const);
}

/** `set: metric` panels of one run: the sets side by side for each metric. */
function joined(panels: readonly Panel[]): Panel[] {
  const byMetric = new Map<string, Line[]>();
  for (const { title, lines } of panels) {
    const cut = title.indexOf(': ');
    const metric = title.slice(cut + 2);
    byMetric.set(metric, [...(byMetric.get(metric) ?? []), ...lines.map((l) => ({ ...l, name: title.slice(0, cut) }))]);
  }
  return Array.from(byMetric, ([metric, lines]) => ({ title: lookOf(metric).title, lines }));
}
