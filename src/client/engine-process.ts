import { spawn, type ChildProcess } from 'node:child_process';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';
import { isAlive, killGroup, killTree } from '../protocol/process-tree';
import { chooseNode, findEngine } from './locate';

export interface SpawnOptions {
  readonly nodePath?: string | undefined;
  readonly enginePath?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly onStderr: (line: string) => void;
}

export interface EngineExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderrTail: string;
}

/** One life of the engine process: from spawn to its end, with the connection on its standard streams. */
export interface EngineProcess {
  readonly pid: number;
  readonly connection: MessageConnection;
  /** Resolves when the process is gone and everything below it was ended too; never rejects. */
  readonly exited: Promise<EngineExit>;
  /** SIGTERM, then SIGKILL to the whole tree after `graceMs`. Resolves when it is gone. */
  kill(graceMs: number): Promise<void>;
}

const stderrTailLength = 4_000;
/** Posix: the leader of its own group, so that Ctrl-C in a terminal reaches only us and a group kill finds its workers. */
const ownGroup = process.platform !== 'win32';

/** Starts an engine. Throws `EngineUnavailable` where there is none; a Node that can't be started shows as an exit. */
export function startEngineProcess(options: SpawnOptions): EngineProcess {
  const node = chooseNode(options.nodePath);
  const engine = findEngine(options.enginePath);
  const child = spawn(node.command, [engine], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: ownGroup,
    windowsHide: true,
    env: childEnvironment({ ...node.env, ...options.env }),
  });
  let tail = '';
  child.stderr.setEncoding('utf8');
  let partial = '';
  child.stderr.on('data', (text: string) => {
    tail = (tail + text).slice(-stderrTailLength);
    const lines = (partial + text).split('\n');
    partial = lines.pop()!;
    for (const line of lines) options.onStderr(line);
  });
  // A write to an engine that has just died fails with EPIPE; its exit tells the story.
  child.stdin.on('error', () => undefined);
  const connection = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  child.once('error', (error) => {
    tail += `Cannot start ${node.command}: ${error.message}. Correct the setting "unmask.nodePath".`;
  });
  const exited = whenGone(child).then(({ code, signal }) => {
    if (partial !== '') options.onStderr(partial);
    if (child.pid !== undefined && ownGroup) killGroup(child.pid);
    connection.dispose();
    return { code, signal, stderrTail: tail };
  });
  return {
    pid: child.pid ?? -1,
    connection,
    exited,
    async kill(graceMs) {
      if (child.pid === undefined) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => {
        if (isAlive(child.pid!)) killTree(child.pid!);
      }, graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

function whenGone(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve) => {
    let done = false;
    const finish = (code: number | null, signal: NodeJS.Signals | null): void => {
      if (done) return;
      done = true;
      resolve({ code, signal });
    };
    child.once('error', () => {
      if (child.pid === undefined) finish(null, null); // never started
    });
    // Not `close`: a grandchild that holds the pipes must not keep a dead engine looking alive.
    child.once('exit', (code, signal) => setImmediate(finish, code, signal));
  });
}

function childEnvironment(extra: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  // Preloads of the host (debuggers, loaders) may print to the engine's standard output, which belongs to the protocol.
  delete env['NODE_OPTIONS'];
  delete env['VSCODE_INSPECTOR_OPTIONS'];
  return { ...env, ...extra };
}
