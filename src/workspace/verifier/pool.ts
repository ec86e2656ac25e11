import type { Sandbox } from '../sandbox/sandbox';
import type { WorkReply } from '../worker/protocol';
import type { WorkerClient } from './worker-client';

/** A sandbox copy with a warm process on it. */
export interface Unit {
  readonly sandbox: Sandbox;
  readonly client: WorkerClient;
}

/** Warm units: `size` at work at once, and one more kept ready so that a killed one costs no waiting. */
export interface Pool {
  run(files: ReadonlyMap<string, string>, request: Parameters<WorkerClient['run']>[0], signal?: AbortSignal): Promise<WorkReply>;
  dispose(): Promise<void>;
}

/** After so many candidates a process is replaced: what packages keep in their own state must not pile up. */
const servings = 2000;

export function createPool(size: number, first: Unit, make: () => Promise<Unit | null>): Pool {
  const idle: Unit[] = [first];
  const served = new Map<Unit, number>();
  const waiting: ((unit: Unit | null) => void)[] = [];
  const all = new Set<Unit>([first]);
  const making = new Set<Promise<void>>();
  const ending = new Set<Promise<void>>();
  let busy = 0;
  let disposed = false;

  const offer = (unit: Unit): void => {
    const next = waiting.shift();
    if (next) next(unit);
    else idle.push(unit);
  };
  const discard = (unit: Unit): void => {
    all.delete(unit);
    const end = unit.client.kill().then(() => unit.sandbox.dispose());
    ending.add(end);
    void end.finally(() => ending.delete(end));
  };
  const grow = (): void => {
    if (disposed || all.size + making.size >= size + 1) return;
    const task = make()
      .catch(() => null)
      .then((unit) => {
        if (unit === null) {
          // Nobody will come: those who wait are told, rather than left waiting.
          if (all.size === 0) for (const next of waiting.splice(0)) next(null);
          return;
        }
        all.add(unit);
        if (disposed) discard(unit);
        else offer(unit);
      });
    making.add(task);
    void task.finally(() => making.delete(task));
  };
  const slots: (() => void)[] = [];
  const enter = async (): Promise<void> => {
    if (busy < size) busy++;
    else await new Promise<void>((resolve) => slots.push(resolve));
  };
  const leave = (): void => {
    const next = slots.shift();
    if (next) next();
    else busy--;
  };
  const take = async (): Promise<Unit | null> => {
    const unit = idle.pop();
    if (unit?.client.usable === true) return unit;
    if (unit) {
      discard(unit);
      grow();
      return take();
    }
    if (disposed || (all.size === 0 && making.size === 0)) {
      grow();
      if (making.size === 0) return null;
    } else grow();
    return new Promise((resolve) => waiting.push(resolve));
  };
  const giveBack = (unit: Unit): void => {
    const count = (served.get(unit) ?? 0) + 1;
    served.set(unit, count);
    if (!disposed && unit.client.usable && count < servings && unit.sandbox.untouched()) offer(unit);
    else {
      discard(unit);
      grow();
    }
  };

  return {
    async run(files, request, signal) {
      await enter();
      try {
        signal?.throwIfAborted();
        const unit = await take();
        if (unit === null) throw new Error('no warm worker could be started');
        grow();
        const cancel = (): void => void unit.client.kill();
        signal?.addEventListener('abort', cancel, { once: true });
        try {
          unit.sandbox.apply(files);
          return await unit.client.run(request);
        } finally {
          signal?.removeEventListener('abort', cancel);
          giveBack(unit);
        }
      } finally {
        leave();
      }
    },
    async dispose() {
      disposed = true;
      for (const next of waiting.splice(0)) next(null);
      await Promise.all(making);
      for (const unit of [...all]) discard(unit);
      await Promise.all(ending);
    },
  };
}
