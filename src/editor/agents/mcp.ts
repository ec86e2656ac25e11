import * as vscode from 'vscode';
import { chooseNode } from '../../client/locate';
import { engineSettings, readEngineSettings } from '../engine/settings';

/** As in the manifest's `mcpServerDefinitionProviders`. */
const providerId = 'unmask.mcp';

/**
 * Offers the MCP server (`unmask mcp`) to agents in the editor. Nothing starts here: the editor starts the server when an agent is to use
 * it, after asking the user, and the server its engine with the first call. Not in an untrusted workspace: the server's tools run tests.
 */
export function registerMcpServer(context: vscode.ExtensionContext): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  return vscode.Disposable.from(
    changed,
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      changed.fire();
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(() => {
      changed.fire();
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (engineSettings.some((name) => event.affectsConfiguration(name))) changed.fire();
    }),
    vscode.lm.registerMcpServerDefinitionProvider(providerId, {
      onDidChangeMcpServerDefinitions: changed.event,
      provideMcpServerDefinitions: () => (vscode.workspace.isTrusted ? [definition(context)] : []),
      // Here, where the user waits for it, a wrong `unmask.nodePath` is told.
      resolveMcpServerDefinition: (server) => {
        chooseNode(readEngineSettings().nodePath);
        return server;
      },
    }),
  );
}

function definition(context: vscode.ExtensionContext): vscode.McpStdioServerDefinition {
  const { nodePath, model, adapter, device, threads } = readEngineSettings();
  const server = new vscode.McpStdioServerDefinition(
    'Unmask',
    nodePath ?? process.execPath,
    [
      ...[context.asAbsolutePath('bin/unmask.js'), 'mcp'],
      ...(device === undefined ? [] : ['--device', device]),
      ...(threads === undefined ? [] : ['--threads', String(threads)]),
      ...(model === undefined ? [] : ['--model', model]),
      ...(adapter === undefined ? [] : ['--adapter', adapter]),
    ],
    // The editor's own executable is a Node only when told so; what is preloaded into the editor does not belong into the server.
    { ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: null },
    (context.extension.packageJSON as { version: string }).version,
  );
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file');
  if (folder) server.cwd = folder.uri;
  return server;
}
