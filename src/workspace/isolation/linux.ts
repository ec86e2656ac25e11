import { readFileSync } from 'node:fs';
import type { IsolationRequest, Wrapped } from './types';

/** A mount point that a run could write through. */
interface Mount {
  readonly point: string;
  readonly flags: string;
}

const pseudo = /^\/(proc|sys|dev)(\/|$)/;
const keptFlags = new Set(['nosuid', 'nodev', 'noexec', 'noatime', 'nodiratime', 'relatime']);

/** Writable mounts from /proc/self/mountinfo; a read-only remount must repeat the flags that a user namespace locks. */
export function writableMounts(mountinfo: string): Mount[] {
  const out: Mount[] = [];
  for (const line of mountinfo.split('\n')) {
    const [, , , , rawPoint, options] = line.split(' ');
    if (rawPoint === undefined || options === undefined) continue;
    const point = rawPoint.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
    const flags = options.split(',');
    if (pseudo.test(point) || !flags.includes('rw')) continue;
    out.push({ point, flags: flags.filter((flag) => keptFlags.has(flag)).join(',') });
  }
  return out;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * The script that runs as process 1 of the new namespaces: it makes every mount read-only but the writable folders, hides devices and /sys,
 * and starts the command without capabilities. It stays alive as process 1, so that orphans are reaped and its death ends everything.
 */
function initScript(request: IsolationRequest, mounts: readonly Mount[]): string {
  const lines = ['set -e'];
  for (const dir of request.writable) lines.push(`mount --bind ${quote(dir)} ${quote(dir)}`);
  for (const mount of mounts) {
    const options = ['remount', 'bind', 'ro', ...(mount.flags ? [mount.flags] : [])].join(',');
    // A mount below a folder that became unreachable can fail; the root one must not.
    lines.push(`mount -o ${options} ${quote(mount.point)}${mount.point === '/' ? '' : ' 2>/dev/null || true'}`);
  }
  lines.push('mount -t proc proc /proc', 'mount --bind /proc/sys /proc/sys', 'mount -o remount,bind,ro /proc/sys');
  lines.push('mount -t tmpfs -o ro,size=4k tmpfs /sys');
  // Block devices must be out of reach of a run by root; these few are all that programs need.
  lines.push(`d=${quote(request.scratch)}`, 'mount -t tmpfs -o size=64m,mode=755 tmpfs "$d"', 'mkdir "$d/shm"');
  lines.push('for n in null zero full random urandom tty; do : > "$d/$n"; mount --bind "/dev/$n" "$d/$n"; done');
  lines.push('ln -s /proc/self/fd "$d/fd"; ln -s fd/0 "$d/stdin"; ln -s fd/1 "$d/stdout"; ln -s fd/2 "$d/stderr"');
  lines.push('mount --rbind "$d" /dev');
  lines.push('ip link set lo up >/dev/null 2>&1 || ifconfig lo up >/dev/null 2>&1 || true');
  lines.push(`cd ${quote(request.cwd)}`, 'set +e');
  return lines.join('\n');
}

const dropCapabilities = 'setpriv --bounding-set=-all --inh-caps=-all --no-new-privs --';

/** Puts a command into namespaces of its own: no network, its own processes, everything read-only but `writable`. */
export function wrapLinux(request: IsolationRequest): Wrapped {
  const mounts = writableMounts(readFileSync('/proc/self/mountinfo', 'utf8'));
  const limits = `ulimit -c 0; ulimit -f ${Math.ceil(request.fileMb * 2048)} 2>/dev/null`;
  const script = `${initScript(request, mounts)}\n${limits}\n${dropCapabilities} "$@"\nexit $?`;
  const namespaces = ['--user', '--map-root-user', '--net', '--pid', '--fork', '--kill-child', '--mount', '--ipc'];
  return {
    command: 'setpriv',
    // If this process dies by SIGKILL the kernel ends the leader, and with it process 1 and all below it.
    args: [
      '--pdeathsig',
      'KILL',
      '--',
      'unshare',
      ...namespaces,
      '--',
      'sh',
      '-c',
      script,
      'unmask',
      request.command,
      ...request.args,
    ],
  };
}
