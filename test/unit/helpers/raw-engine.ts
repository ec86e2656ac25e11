import { spawn, type ChildProcess } from 'node:child_process';
import { PROTOCOL_VERSION } from '../../../src/protocol/messages';
import { ensureBundles, enginePath } from './bundles';
import { until } from './processes';

export interface Answer {
  readonly id?: string | number | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** The engine with bare pipes: bytes in, frames out. Reads standard output strictly, so a stray byte fails the test. */
export class RawEngine {
  readonly child: ChildProcess;
  readonly messages: Answer[] = [];
  stderr = '';
  private buffer = Buffer.alloc(0);
  private impure: string | undefined;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;

  constructor(nodeArgs: readonly string[] = []) {
    ensureBundles();
    this.child = spawn(process.execPath, [...nodeArgs, enginePath], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stdin!.on('error', () => undefined);
    this.child.stdout!.on('data', (chunk: Buffer) => {
      this.read(chunk);
    });
    this.child.stderr!.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.exited = new Promise((resolve) =>
      this.child.once('exit', (code, signal) => {
        resolve({ code, signal });
      }),
    );
  }

  write(bytes: string | Uint8Array): void {
    this.child.stdin!.write(bytes);
  }

  /** Sends a body as one frame, whatever it is. */
  frame(body: string): void {
    this.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  send(message: object): void {
    this.frame(JSON.stringify({ jsonrpc: '2.0', ...message }));
  }

  async request(id: number, method: string, params: object): Promise<Answer> {
    this.send({ id, method, params });
    return this.answer((message) => message.id === id && message.method === undefined, `the answer to ${method}`);
  }

  initialize(params: object = {}): Promise<Answer> {
    return this.request(1, 'unmask/initialize', { protocol: PROTOCOL_VERSION, model: 'none', parentPid: process.pid, ...params });
  }

  async answer(matches: (message: Answer) => boolean, what: string): Promise<Answer> {
    await until(what, () => this.impure !== undefined || this.messages.some(matches) || this.child.exitCode !== null);
    if (this.impure !== undefined) throw new Error(`Standard output holds something that is no frame: ${this.impure}`);
    const found = this.messages.find(matches);
    if (!found) throw new Error(`The engine left (${String(this.child.exitCode)}) before ${what}: ${this.stderr}`);
    return found;
  }

  async dispose(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL');
    await this.exited;
  }

  private read(chunk: Buffer): void {
    this.buffer = Buffer.concat([this.buffer, chunk]);
    for (;;) {
      const head = /^Content-Length: (\d+)\r\n\r\n/.exec(this.buffer.subarray(0, 64).toString('latin1'));
      if (!head) {
        if (this.buffer.length > 40) this.impure ??= this.buffer.subarray(0, 200).toString();
        return;
      }
      const end = head[0].length + Number(head[1]);
      if (this.buffer.length < end) return;
      this.messages.push(JSON.parse(this.buffer.subarray(head[0].length, end).toString()) as Answer);
      this.buffer = this.buffer.subarray(end);
    }
  }
}
