import { realpathSync } from 'node:fs';
import type { IsolationRequest, Wrapped } from './types';

/** A Seatbelt profile: everything allowed but the network, and writes only below the given folders. */
export function seatbeltProfile(writable: readonly string[]): string {
  const folders = writable.map((dir) => `(subpath ${JSON.stringify(realpathSync(dir))})`).join(' ');
  return [
    '(version 1)',
    '(allow default)',
    '(deny network*)',
    '(allow network* (local ip "localhost:*") (remote ip "localhost:*"))',
    '(deny file-write*)',
    `(allow file-write* ${folders} (literal "/dev/null") (literal "/dev/zero") (literal "/dev/tty"))`,
  ].join('\n');
}

/** Runs a command under sandbox-exec. */
export function wrapMacos(request: IsolationRequest): Wrapped {
  return { command: '/usr/bin/sandbox-exec', args: ['-p', seatbeltProfile(request.writable), request.command, ...request.args] };
}
