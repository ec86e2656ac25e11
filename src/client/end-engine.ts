import { methods } from '../protocol/messages';
import { pause } from './async';
import type { EngineProcess } from './engine-process';
import { sendRequest } from './send';

const closeInputMs = 500;
/** Longer than the engine gives its own requests to clean up. */
const shutdownGraceMs = 5_000;
const killGraceMs = 1_000;

/** Asks an engine to go, closes its standard input (which says the same), and in the end makes it go. */
export async function endEngine(engine: EngineProcess): Promise<void> {
  const gone = new AbortController();
  void engine.exited.then(() => {
    gone.abort();
  });
  const asked = sendRequest(engine, methods.shutdown, {}).catch(() => undefined);
  await Promise.race([asked, pause(closeInputMs, gone.signal)]);
  engine.connection.end();
  await pause(shutdownGraceMs, gone.signal);
  if (!gone.signal.aborted) await engine.kill(killGraceMs);
}
