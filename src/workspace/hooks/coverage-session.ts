import { Session } from 'node:inspector';
import { pathToFileURL } from 'node:url';
import type { ScriptCoverage } from './records';

/** Precise block coverage of this very process, taken between tests. */
export interface CoverageSession {
  /** What ran since the last call, in the project's own files. */
  take(): ScriptCoverage[];
  stop(): void;
}

interface Taken {
  readonly result: readonly ScriptCoverage[];
}

/** Starts counting; must happen before the project's code is compiled, or its blocks have no counters. */
export function startCoverage(root: string): CoverageSession {
  const session = new Session();
  session.connect();
  const post = (method: string, params?: object): unknown => {
    let out: unknown;
    session.post(method, params, (error, result) => {
      if (error) throw error;
      out = result;
    });
    return out;
  };
  post('Profiler.enable');
  post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const prefix = `${pathToFileURL(root).href}/`;
  return {
    take: () => {
      const { result } = post('Profiler.takePreciseCoverage') as Taken;
      return result
        .filter(({ url }) => (url.startsWith(prefix) || url.startsWith(`${root}/`)) && !url.includes('/node_modules/'))
        .map(({ url, functions }) => ({ url, functions: functions.map(({ ranges }) => ({ ranges })) }));
    },
    stop: () => {
      post('Profiler.stopPreciseCoverage');
      session.disconnect();
    },
  };
}
