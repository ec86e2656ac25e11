/** `unmask mcp`: the engine's tools for agents, by the Model Context Protocol on standard input and output. */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import packageJson from '../../../package.json';
import { exit } from '../exit';
import type { Output } from '../output';
import { engineOptions, withEngine, type EngineFlags } from '../session';
import { registerEditTool } from './edit-tool';
import { registerFixTool } from './fix-tool';
import { registerInfillTool } from './infill-tool';
import type { ToolEngine } from './tool';

/** A server with all tools, not connected yet. */
export function createMcpServer(engine: ToolEngine): McpServer {
  const server = new McpServer(
    { name: 'unmask', title: 'Unmask', version: packageJson.version },
    {
      instructions:
        'Unmask works on the files of this machine with a local model. Use unmask_fix where a test fails: its answer is proved by the tests. ' +
        'Use unmask_edit for small changes of form that keep what code does (rename, const, template literals and the like): it is exact and quick. ' +
        'Use unmask_infill for short gaps in code; it is quick and stays silent when unsure.',
    },
  );
  registerFixTool(server, engine);
  registerEditTool(server, engine);
  registerInfillTool(server, engine);
  return server;
}

/**
 * Serves until the client closes our standard input, or a signal ends us; then cancels what runs and ends the engine, which starts with
 * the first call of a tool. Standard output belongs to the protocol: all else goes to standard error.
 */
export async function mcp(flags: EngineFlags, output: Output): Promise<number> {
  await withEngine(engineOptions(flags, output), async (engine, signal) => {
    const server = createMcpServer(engine);
    const closed = new Promise<void>((resolve) => {
      server.server.onclose = resolve;
    });
    const close = (): void => {
      void server.close();
    };
    // The SDK's transport does not close when its streams do.
    for (const event of ['end', 'close', 'error'] as const) process.stdin.once(event, close);
    process.stdout.on('error', close);
    signal.addEventListener('abort', close, { once: true });
    server.server.onerror = (error) => {
      if (flags.verbose === true) output.note(`[error] ${error.message}`);
    };
    await server.connect(new StdioServerTransport());
    await closed;
    signal.throwIfAborted();
  });
  return exit.ok;
}
