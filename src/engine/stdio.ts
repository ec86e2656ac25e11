import { Console } from 'node:console';
import { Writable } from 'node:stream';

/**
 * Takes standard output for the protocol alone and returns the stream to write it to. Whatever else prints (`console`, a
 * library that writes to `process.stdout`) lands on standard error instead of between two frames.
 */
export function reserveStdout(): Writable {
  const write = process.stdout.write.bind(process.stdout);
  // A client that is gone shows as EPIPE here; the parent watch ends the engine, so this must not.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  process.stdout.write = process.stderr.write.bind<typeof process.stdout.write>(process.stderr);
  globalThis.console = new Console({ stdout: process.stderr, stderr: process.stderr });
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      write(chunk, (error) => {
        done(error);
      });
    },
  });
}
