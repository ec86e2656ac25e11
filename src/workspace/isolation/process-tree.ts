import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

export interface TreeUse {
  readonly processes: number;
  readonly rssMb: number;
  /** Processor time used so far by those alive and those they waited for. */
  readonly cpuMs: number;
}

const pageMb = 4096 / 1024 / 1024;

function children(pid: string): string[] {
  const out: string[] = [];
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    out.push(...readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean));
  }
  return out;
}

/** User and system time of a process and its ended children, from ticks of 10 ms. */
function cpuOf(pid: string): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]) * 10, 0);
}

/** Reads /proc: cheap enough to do ten times a second. Processes that end meanwhile count as gone. */
function linuxUse(leader: number, atMost: number): TreeUse {
  const todo = [String(leader)];
  let processes = 0;
  let rssMb = 0;
  let cpuMs = 0;
  while (todo.length > 0 && processes <= atMost) {
    const pid = todo.pop()!;
    try {
      rssMb += Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * pageMb;
      cpuMs += cpuOf(pid);
      processes++;
      todo.push(...children(pid));
    } catch {
      // Ended between the two reads.
    }
  }
  return { processes, rssMb, cpuMs };
}

function psUse(leader: number): Promise<TreeUse> {
  return new Promise((resolve) => {
    execFile('ps', ['-A', '-o', 'pid=,ppid=,rss='], { timeout: 2000 }, (error, stdout) => {
      const rows = error
        ? []
        : stdout
            .trim()
            .split('\n')
            .map((line) => line.trim().split(/\s+/).map(Number));
      const members = new Set([leader]);
      for (let grown = true; grown;) {
        const before = members.size;
        for (const [pid, parent] of rows) if (members.has(parent!)) members.add(pid!);
        grown = members.size > before;
      }
      const rssKb = rows.reduce((sum, [pid, , rss]) => sum + (members.has(pid!) ? rss! : 0), 0);
      resolve({ processes: members.size, rssMb: rssKb / 1024, cpuMs: 0 });
    });
  });
}

/** Processes and memory of a process and all below it; null where this system offers no cheap way to know. */
export async function treeUse(leader: number, atMost: number): Promise<TreeUse | null> {
  if (process.platform === 'linux') return linuxUse(leader, atMost);
  if (process.platform === 'win32') return null;
  return psUse(leader);
}

/** Bytes below some folders, stopping early once above `atMost`. Symbolic links are not followed. */
export function bytesBelow(dirs: readonly string[], atMost: number, stat: (file: string) => number): number {
  const todo = [...dirs];
  let bytes = 0;
  while (todo.length > 0 && bytes <= atMost) {
    const dir = todo.pop()!;
    try {
      for (const entry of readdirSync(dir, { withFileTypes: true })) {
        const file = `${dir}/${entry.name}`;
        if (entry.isDirectory()) todo.push(file);
        else if (entry.isFile()) bytes += stat(file);
      }
    } catch {
      // The folder went away meanwhile.
    }
  }
  return bytes;
}
