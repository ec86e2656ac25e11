import { exit } from './exit';
import { progressLine, type Output } from './output';
import { engineOptions, withEngine, type EngineFlags } from './session';

export interface BenchFlags extends EngineFlags {
  readonly quick?: boolean;
}

/** `unmask bench engine`: measures the engine in its own process and prints its report. */
export async function benchEngine(flags: BenchFlags, output: Output): Promise<number> {
  const report = await withEngine(engineOptions(flags, output), (client, signal) =>
    client.benchEngine(
      { quick: flags.quick === true },
      {
        signal,
        onProgress: (progress) => {
          output.progress(progressLine(progress));
        },
      },
    ),
  );
  output.result({ status: 'ok', ...report }, () => `${JSON.stringify(report, null, 2)}\n`);
  return exit.ok;
}
