import path from 'node:path';
import { EngineClient, type EngineOptions } from '../client';
import type { DeviceChoice } from '../protocol/messages';
import { exit, Interrupted } from './exit';
import type { Output } from './output';

/** Options that every command with an engine takes. */
export interface EngineFlags {
  readonly model?: string;
  readonly adapter?: string;
  readonly device?: DeviceChoice;
  readonly threads?: number;
  readonly verbose?: boolean;
}

/** An engine's options as the flags say. */
export function engineOptions(flags: EngineFlags, output: Output): EngineOptions {
  const { model, adapter, device, threads, verbose } = flags;
  const special = model === undefined || model === 'none' || /^random(:|$)/.test(model);
  return {
    model: special ? model : path.resolve(model),
    ...(adapter === undefined ? {} : { adapter: path.resolve(adapter) }),
    device,
    threads,
    log: ({ level, message }) => {
      if (verbose === true) output.note(`[${level}] ${message}`);
    },
  };
}

/**
 * Runs work that Ctrl-C (or SIGTERM) cancels: its signal aborts with `Interrupted`, and the work cleans up before it ends. A
 * second Ctrl-C leaves at once; engines end themselves when we are gone.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    const code = signal === 'SIGINT' ? exit.cancelled : exit.terminated;
    if (controller.signal.aborted) process.exit(code);
    controller.abort(new Interrupted(code));
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}

/** Runs work with an engine of its own, which is gone when this returns, also after a failure or Ctrl-C. */
export function withEngine<T>(
  options: EngineOptions,
  work: (client: EngineClient, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return interruptible(async (signal) => {
    const client = new EngineClient(options);
    try {
      return await work(client, signal);
    } finally {
      await client.dispose();
    }
  });
}
