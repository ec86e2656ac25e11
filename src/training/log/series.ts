import type { LogRecord, NoteRecord, UpdateRecord } from './records';

export interface Point {
  readonly step: number;
  readonly seconds: number;
  readonly value: number;
}

/** Metrics by name as they went on, and the last record of each kind. */
export interface Course {
  run?: Extract<LogRecord, { kind: 'run' }>;
  update?: UpdateRecord;
  note?: NoteRecord;
  readonly updates: Map<string, Point[]>;
  /** By `set: metric`. */
  readonly evaluations: Map<string, Point[]>;
}

export function courseOf(records: Iterable<LogRecord>): Course {
  const course: Course = { updates: new Map(), evaluations: new Map() };
  for (const record of records) addTo(course, record);
  return course;
}

export function addTo(course: Course, record: LogRecord): void {
  if (record.kind === 'run') course.run = record;
  else if (record.kind === 'note') course.note = record;
  else {
    if (record.kind === 'update') course.update = record;
    const into = record.kind === 'update' ? course.updates : course.evaluations;
    for (const [metric, value] of Object.entries(record.metrics)) {
      const name = record.kind === 'update' ? metric : `${record.set}: ${metric}`;
      const points = into.get(name);
      const point = { step: record.step, seconds: record.seconds, value };
      if (points) points.push(point);
      else into.set(name, [point]);
    }
  }
}

/** Means of consecutive values, at most `count` of them; numbers that are none are left out of their mean. */
export function bucketMeans(values: readonly number[], count: number): number[] {
  const buckets = Math.min(count, values.length);
  return Array.from({ length: buckets }, (_, b) => {
    const part = values
      .slice(Math.floor((b * values.length) / buckets), Math.floor(((b + 1) * values.length) / buckets))
      .filter(Number.isFinite);
    return part.length === 0 ? NaN : part.reduce((sum, v) => sum + v, 0) / part.length;
  });
}

const bars = '▁▂▃▄▅▆▇█';

/** A line of bars from the smallest to the largest value, at most `width` long; a blank stands where there is no number. */
export function sparkline(values: readonly number[], width: number): string {
  const means = bucketMeans(values, width);
  const finite = means.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  return means
    .map((v) => {
      if (!Number.isFinite(v)) return ' ';
      return bars[high === low ? 3 : Math.round(((v - low) / (high - low)) * (bars.length - 1))]!;
    })
    .join('');
}

/** Each value averaged with its neighbours within a window of so many, as far as there are any. */
export function movingMean(values: readonly number[], window: number): number[] {
  const half = Math.floor(window / 2);
  return values.map((_, i) => bucketMeans(values.slice(Math.max(0, i - half), i + half + 1), 1)[0]!);
}

/** Whether values go up and down so much that their course is hard to see: their path is several times as long as their range. */
export function isNoisy(values: readonly number[]): boolean {
  const path = values.slice(1).reduce((sum, v, i) => sum + Math.abs(v - values[i]!), 0);
  const [low, high] = values.reduce<[number, number]>(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
  return path > 3 * (high - low);
}
