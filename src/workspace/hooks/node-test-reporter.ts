/** Runs inside `node --test` as `--test-reporter`: turns its events into one JSON line each. */
import { describeError } from './describe-error';
import type { RunRecord } from './records';

interface Data {
  readonly name: string;
  readonly nesting: number;
  readonly file?: string;
  readonly skip?: string | boolean;
  readonly todo?: string | boolean;
  readonly details?: {
    readonly duration_ms?: number;
    readonly type?: string;
    readonly error?: Error & { cause?: unknown; failureType?: string };
  };
}

interface TestEvent {
  readonly type: string;
  readonly data: Data;
}

/** The assertion itself, not the wrapper that node:test puts around it. */
function innermost(error: NonNullable<NonNullable<Data['details']>['error']> | undefined): unknown {
  const cause = error?.cause;
  return cause ?? error ?? 'the test failed';
}

/** node:test calls it with its stream of events. */
export default async function* reporter(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const line = (record: RunRecord): string => `${JSON.stringify(record)}\n`;
  const titles: string[] = [];
  for await (const { type, data } of events) {
    if (type === 'test:start') {
      titles.length = data.nesting;
      titles.push(data.name);
      yield line({ kind: 'begin', file: data.file, path: [...titles] });
    } else if (type === 'test:pass' || type === 'test:fail') {
      const path = [...titles.slice(0, data.nesting), data.name];
      const error = data.details?.error;
      if (data.details?.type === 'suite') {
        if (type === 'test:fail' && error?.failureType === 'hookFailed')
          yield line({ kind: 'hook', file: data.file, path, error: describeError(innermost(error)) });
        continue;
      }
      const skipped = (data.skip !== undefined && data.skip !== false) || (data.todo !== undefined && data.todo !== false);
      const state = skipped ? 'skipped' : type === 'test:pass' ? 'passed' : 'failed';
      const failure = state === 'failed' ? { error: describeError(innermost(error)) } : {};
      yield line({ kind: 'test', file: data.file, path, state, milliseconds: data.details?.duration_ms ?? 0, ...failure });
    }
  }
  yield line({ kind: 'end' });
}
