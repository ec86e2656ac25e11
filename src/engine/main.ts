/** The engine process: JSON-RPC on its standard streams, nothing else. Composition only. */
import { createMessageConnection, StreamMessageReader, StreamMessageWriter, type Message } from 'vscode-jsonrpc/node';
import { errorCodes, exitCodes } from '../protocol/errors';
import { killDescendants } from '../protocol/process-tree';
import { FrameGuard } from './frame-guard';
import { answerMalformed, isMessage } from './requests';
import { EngineServer } from './server';
import { reserveStdout } from './stdio';

const output = reserveStdout();

process.on('exit', killDescendants);
process.on('uncaughtException', (error) => {
  console.error('[engine] uncaught exception:', error);
  process.exit(exitCodes.internalError);
});
// Ctrl-C in a terminal is the client's to handle; it ends us in order.
process.on('SIGINT', () => undefined);

const guard = new FrameGuard();
const reader = new StreamMessageReader(guard);
const writer = new StreamMessageWriter(output);
const connection = createMessageConnection(reader, writer, console, {
  messageStrategy: {
    handleMessage(message: Message, next) {
      if (isMessage(message)) return next(message);
      answerMalformed(writer, errorCodes.invalidRequest, 'Not a JSON-RPC request, notification or response.');
      return undefined;
    },
  },
});
const server = new EngineServer(connection, { exit: () => process.exit(exitCodes.orderly) });

guard.on('error', (error) => {
  console.error(`[engine] standard input is not JSON-RPC: ${error.message}`);
  process.exit(exitCodes.badFrames);
});
// A frame whose body is not JSON: the next frame is whole again.
reader.onError((error) => {
  answerMalformed(writer, errorCodes.parseError, `Not JSON: ${error.message}`);
});
process.stdin.on('end', () => void server.end('standard input ended'));
process.stdin.on('error', () => void server.end('standard input failed'));
process.on('SIGTERM', () => void server.end('SIGTERM'));
process.on('SIGHUP', () => void server.end('SIGHUP'));
// Its end is the server's to handle: closing the guard would close the connection before the last answers are out.
process.stdin.pipe(guard, { end: false });
connection.listen();
