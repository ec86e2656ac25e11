import { isAlive } from '../protocol/process-tree';

/**
 * Calls `onGone` once when the client's process is gone. The end of standard input tells most deaths at once; this poll is
 * for a client whose pipe is held open by another of its children.
 */
export function watchParent(pid: number, onGone: () => void, intervalMs = 1_000): () => void {
  const born = process.ppid;
  const timer = setInterval(() => {
    // A changed parent means that ours died, even if its id is in use again.
    if (isAlive(pid) && !(born === pid && process.ppid !== born)) return;
    clearInterval(timer);
    onGone();
  }, intervalMs);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}

export interface MemoryReport {
  readonly rssMb: number;
  readonly limitMb: number;
}

/** Says once when the resident size is over the limit. Native memory is not bounded by the heap limit: only RSS tells. */
export function memoryWatch(limitMb: number, onOver: (report: MemoryReport) => void): () => void {
  let told = false;
  return () => {
    const rssMb = residentMb();
    if (told || rssMb <= limitMb) return;
    told = true;
    onOver({ rssMb, limitMb });
  };
}

/** Resident size of this process in MiB. */
export function residentMb(): number {
  return process.memoryUsage.rss() / 2 ** 20;
}
