/** What the tools have in common: progress, and failures told so that an agent knows what mends them. */
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { CallToolResult, ServerNotification, ServerRequest } from '@modelcontextprotocol/sdk/types.js';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { EngineClient } from '../../client';
import { errorCodes } from '../../protocol/errors';
import type { Progress } from '../../protocol/messages';
import { CliError } from '../exit';

export type ToolCall = RequestHandlerExtra<ServerRequest, ServerNotification>;
/** What the tools need of the engine. */
export type ToolEngine = Pick<EngineClient, 'fix' | 'edit' | 'complete'>;

/**
 * Passes progress on where the caller asked for it; undefined where it did not. Model Context Protocol wants every value above the last
 * one: where the engine says no fraction, a thousandth of what is left is added.
 */
export function progressOf(call: ToolCall): ((progress: Progress) => void) | undefined {
  const progressToken = call._meta?.progressToken;
  if (progressToken === undefined) return undefined;
  let sent = 0;
  return ({ message, fraction }) => {
    const progress = Math.max(fraction ?? 0, sent + (1 - sent) / 1000);
    if (progress <= sent) return;
    sent = progress;
    // A caller that is gone misses nothing.
    void call
      .sendNotification({ method: 'notifications/progress', params: { progressToken, progress, total: 1, message } })
      .catch(() => undefined);
  };
}

/** Runs a tool's work. What fails, but for cancellation, becomes a tool error that says what mends it. */
export async function answering(call: ToolCall, work: () => Promise<CallToolResult>): Promise<CallToolResult> {
  try {
    return await work();
  } catch (error) {
    call.signal.throwIfAborted();
    return toolError(error instanceof Error ? `${error.message}${remedy(error)}` : String(error));
  }
}

/** A failure as the caller's model reads it. */
export function toolError(text: string): CallToolResult {
  return { content: [{ type: 'text', text }], isError: true };
}

/** By name and code, as `notify.ts` does in the editor. */
function remedy(error: Error): string {
  if (error.name === 'EngineCrashed') return ' Nothing was changed; call the tool again.';
  if (error.name === 'EngineUnavailable') return ' Start the server again, where need be with another --model or --device.';
  if (error.name === 'EngineRequestError' && 'code' in error && error.code === errorCodes.modelUnusable)
    return ' Start the server with another --model, or without one for the embedded model.';
  return '';
}

/** An absolute path, and proof that a file is there. Throws `CliError`. */
export function existingFile(file: string): string {
  const target = path.resolve(file);
  if (statSync(target, { throwIfNoEntry: false })?.isFile() !== true)
    throw new CliError(
      `There is no file ${target}. Give an absolute path, or one relative to ${process.cwd()}, where the server runs.`,
    );
  return target;
}

/** Text of a file. Throws `CliError`. */
export function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(`${file} can't be read: ${(error as Error).message}`);
  }
}
