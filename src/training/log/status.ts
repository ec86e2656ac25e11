/** What the terminal shows of a training, as text. */
import { inOrder, lookOf, rewardPart } from './metrics';
import type { LogRecord, UpdateRecord } from './records';
import { sparkline, type Course } from './series';

type Run = Extract<LogRecord, { kind: 'run' }>;

/** A block of lines, none wider than `columns`: where the training stands, and each metric with its course. */
export function statusBlock({ run, update, note, updates, evaluations }: Course, columns: number): string {
  const rows: (readonly [title: string, value: string, values: readonly number[]])[] = [];
  for (const metric of inOrder(updates.keys())) {
    const look = lookOf(metric);
    const values = updates.get(metric)!.map((p) => p.value);
    rows.push([`${metric.startsWith(rewardPart) ? '  ' : ''}${look.title}`, look.write(values.at(-1)!), values]);
  }
  for (const [name, points] of evaluations) {
    const at = points.at(-1)!;
    rows.push([name, `${lookOf(name).write(at.value)} (update ${at.step})`, points.map((p) => p.value)]);
  }
  const width = (column: 0 | 1): number => Math.max(0, ...rows.map((row) => row[column].length));
  const [titles, figures] = [Math.min(width(0), Math.floor(columns / 2)), width(1)];
  const room = Math.max(0, Math.min(60, columns - titles - figures - 4));
  return [
    run?.title ?? 'training',
    progress(run, update),
    ...rows.map(([title, value, values]) => `${title.padEnd(titles)}  ${value.padStart(figures)}  ${sparkline(values, room)}`),
    ...(note ? [note.text] : []),
  ]
    .map((line) => line.slice(0, columns))
    .join('\n');
}

/** One line for an output that can't be redrawn. */
export function statusLine(record: LogRecord, run: Run | undefined): string {
  switch (record.kind) {
    case 'run':
      return record.title;
    case 'update':
      return `${progress(run, record)} | ${figures(record.metrics)}`;
    case 'evaluation':
      return `update ${record.step}, ${record.set} | ${figures(record.metrics)}`;
    case 'note':
      return record.text;
  }
}

function figures(metrics: Readonly<Record<string, number>>): string {
  return inOrder(Object.keys(metrics))
    .map((metric) => `${metric} ${lookOf(metric).write(metrics[metric]!)}`)
    .join(', ');
}

function progress(run: Run | undefined, last: UpdateRecord | undefined): string {
  if (!last) return 'no update yet';
  const { steps } = run?.total ?? {};
  const left = secondsLeft(run, last);
  const of = steps === undefined ? '' : ` of ${steps}`;
  return `update ${last.step}${of}, ${clock(last.seconds)} gone${left === null ? '' : `, ${clock(left)} left`}`;
}

/** By whichever bound comes first at the mean speed so far; null where there is none. */
export function secondsLeft(run: Run | undefined, last: UpdateRecord): number | null {
  const { steps, seconds } = run?.total ?? {};
  const bySteps = steps === undefined || last.step === 0 ? Infinity : ((steps - last.step) * last.seconds) / last.step;
  const left = Math.min(bySteps, (seconds ?? Infinity) - last.seconds);
  return Number.isFinite(left) ? Math.max(0, left) : null;
}

/** `1:02:03` or `2:03`. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number): string => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
