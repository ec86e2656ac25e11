/** How long one screening run may take before it counts as hanging: many times what the unchanged code needs. */
import type { Verifier } from '../../workspace/types';
import type { Targets } from '../localise/targets';

export interface ScreenLimits {
  readonly targetMilliseconds: number;
  readonly guardMilliseconds: number;
}

/** Measures the unchanged code in the place where candidates will run. */
export async function measureLimits(options: {
  readonly verifier: Verifier;
  readonly targets: Targets;
  readonly file: string;
  readonly text: string;
  readonly signal: AbortSignal;
}): Promise<ScreenLimits> {
  const { verifier, targets, file, text, signal } = options;
  if (!verifier.warm) {
    const whole = verifier.baseline.seconds * 1000;
    return { targetMilliseconds: 1000 + whole * 2, guardMilliseconds: 1000 + whole * 2 };
  }
  const candidate = { files: new Map([[file, text]]) };
  const ids = targets.failing.map((t) => t.id);
  const started = performance.now();
  await verifier.screen(candidate, ids, { bail: false, milliseconds: 3000, signal });
  const own = performance.now() - started;
  const guards = verifier.baseline.tests.filter((t) => targets.guards.includes(t.id)).reduce((sum, t) => sum + t.milliseconds, 0);
  return { targetMilliseconds: Math.min(3000, 250 + own * 6), guardMilliseconds: Math.min(20_000, 500 + own * 6 + guards * 8) };
}
