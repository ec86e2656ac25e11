import { rounded } from '../../../../src/bench/engine/timing';
import type { Probe } from '../session';

/** How long the extension takes to load and to activate, and that no engine starts with it. */
export const activation: Probe = async ({ call }) => {
  const { load, activate, engine } = await call('activate');
  return { activation_ms: rounded(activate), activation_load_ms: rounded(load), engine_started_by_activation: engine };
};
