import { Transform, type TransformCallback } from 'node:stream';

/** Longest header block of a frame; ours are about 25 bytes. */
const maxHeaderBytes = 4_096;
/** Longest message: far above any source file with its overlays, far below what would exhaust memory. */
export const maxBodyBytes = 64 * 1024 * 1024;

/** The bytes on standard input are not frames. What follows can't be understood either: the message boundaries are lost. */
export class FramingError extends Error {
  override readonly name = 'FramingError';
}

/**
 * Passes bytes through unchanged while they are frames (`Content-Length: N`, blank line, N bytes), and fails at the first
 * byte that can't be part of one. Without it the reader of vscode-jsonrpc waits for ever on a length that is wrong or
 * missing, and keeps all that comes.
 */
export class FrameGuard extends Transform {
  private header = '';
  private bodyLeft = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.bodyLeft > 0) {
        const taken = Math.min(this.bodyLeft, chunk.length - at);
        this.bodyLeft -= taken;
        at += taken;
        continue;
      }
      this.header += String.fromCharCode(chunk[at++]!);
      const problem = headerProblem(this.header);
      if (problem !== undefined) {
        done(new FramingError(`${problem}: ${JSON.stringify(this.header.slice(0, 80))}`));
        return;
      }
      if (!this.header.endsWith('\r\n\r\n')) continue;
      const length = Number(/^content-length: *(\d{1,12})\r$/im.exec(this.header)?.[1] ?? NaN);
      if (!Number.isSafeInteger(length) || length === 0 || length > maxBodyBytes) {
        done(new FramingError(`a frame must say a Content-Length of 1 to ${maxBodyBytes} bytes: ${JSON.stringify(this.header)}`));
        return;
      }
      this.header = '';
      this.bodyLeft = length;
    }
    done(null, chunk);
  }
}

/** Why these can't be the first bytes of a header block; undefined while they can. */
function headerProblem(header: string): string | undefined {
  const last = header.charCodeAt(header.length - 1);
  if (last !== 13 && last !== 10 && (last < 32 || last > 126)) return 'not a text header';
  if (header.length > maxHeaderBytes) return 'a header without an end';
  if (header.length === 8 && !/^content-/i.test(header)) return 'not a Content- header';
  if (header.endsWith('\n') && !header.endsWith('\r\n')) return 'a header line must end with CR LF';
  return undefined;
}
