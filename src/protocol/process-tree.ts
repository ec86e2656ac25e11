/** What both ends need so that no process outlives its owner: who descends from a process, and ending all of them. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** True while a process with this id exists (a zombie that nobody has waited for counts as gone). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  if (process.platform !== 'linux') return true;
  const stat = readStat(pid);
  return stat !== undefined && stat.state !== 'Z';
}

/**
 * Calls `onGone` once when the process that started us is gone. The end of a pipe from it tells most deaths at once; this poll is
 * for an owner whose pipe is held open by another of its children.
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

/** Ids of all processes below `pid`, children before grandchildren. Empty where the system can't be asked. */
export function descendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const [child, parent] of parents()) {
    const list = children.get(parent);
    if (list) list.push(child);
    else children.set(parent, [child]);
  }
  const found: number[] = [];
  const queue = [pid];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const below = children.get(next) ?? [];
    found.push(...below);
    queue.push(...below);
  }
  return found;
}

/** Ends `pid` and everything below it at once. */
export function killTree(pid: number): void {
  if (process.platform === 'win32') {
    try {
      execFileSync('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
    } catch {
      // Already gone.
    }
    return;
  }
  const below = descendants(pid);
  kill(pid);
  for (const child of below) kill(child);
}

/**
 * Ends what is left of the group that `leader` once led (posix). Finds processes whose own parent, or the leader, has died
 * already. Only for a process that was started as the leader of its group.
 */
export function killGroup(leader: number): void {
  kill(-leader);
}

/** Ends everything below this very process. */
export function killDescendants(): void {
  for (const child of descendants(process.pid)) kill(child);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Already gone, or not ours: either way there is nothing left to do.
  }
}

function parents(): (readonly [number, number])[] {
  if (process.platform === 'linux') {
    const found: (readonly [number, number])[] = [];
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const stat = readStat(Number(name));
      if (stat) found.push([Number(name), stat.parent]);
    }
    return found;
  }
  if (process.platform === 'win32') return []; // taskkill /T does this itself
  try {
    const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
    return [...table.matchAll(/^\s*(\d+)\s+(\d+)/gm)].map((match) => [Number(match[1]), Number(match[2])] as const);
  } catch {
    return [];
  }
}

function readStat(pid: number): { state: string; parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in brackets and may hold spaces and brackets itself: what follows its last one is regular.
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === undefined || parent === undefined ? undefined : { state, parent: Number(parent) };
  } catch {
    return undefined; // gone since we looked
  }
}
