import os from 'node:os';
import * as vscode from 'vscode';
import type { EngineService } from '../engine/engine-service';
import type { Log } from '../log';
import type { Places } from './redact';
import type { ChangedSetting, Facts } from './report';

interface Property {
  readonly type: string;
  readonly enum?: readonly unknown[];
}
interface Group {
  readonly properties: Readonly<Record<string, Property>>;
}
interface Manifest {
  readonly version: string;
  readonly contributes: { readonly configuration: Group | readonly Group[] };
}

/** How long a collection waits for an engine that has to start first. */
const startMs = 30_000;

/** Everything that a report may hold. Starts the engine where it does not run: how it fares is what a report is about. */
export async function gather(
  extension: vscode.Extension<unknown>,
  engine: EngineService,
  log: Log,
  signal: AbortSignal,
): Promise<Facts> {
  const manifest = extension.packageJSON as Manifest;
  // Its failure shows in the engine's status, which is part of the report.
  const patience = AbortSignal.any([signal, AbortSignal.timeout(startMs)]);
  await engine.request((client) => client.start(patience), { quiet: true }).catch(() => undefined);
  const health = await engine.health();
  const { state, problem, info } = engine.status;
  const editor = vscode.window.activeTextEditor;
  return {
    versions: [
      ['Unmask', manifest.version],
      [vscode.env.appName, vscode.version],
      ['Node.js of the extension host', process.version],
    ],
    system: [
      ['system', `${os.type()} ${os.release()}, ${process.platform}-${process.arch}`],
      ['processor', `${os.cpus()[0]?.model.trim() ?? 'unknown'}, ${os.cpus().length} cores`],
      ['memory', `${toGb(os.totalmem())} GB, ${toGb(os.freemem())} GB free`],
      ['remote', vscode.env.remoteName ?? 'no'],
      ['interface', vscode.env.uiKind === vscode.UIKind.Web ? 'web' : 'desktop'],
      ['language', vscode.env.language],
      ['workspace', `${vscode.workspace.workspaceFolders?.length ?? 0} folders, ${trust()}`],
    ],
    engine: { state, problem, info, health },
    settings: changedSettings(manifest),
    log: log.tail.flatMap(
      ({ at, level, text }) =>
        // What follows a message's first line is a stack or another program's output: it may hold anything, so it stays out.
        `${new Date(at).toISOString()} [${level}] ${text.split(/\r?\n/, 1)[0]!}`,
    ),
    code: editor?.document.getText(),
    sources: vscode.workspace.textDocuments.filter(mayHoldCode).map((document) => document.getText()),
  };
}

/** Not the log itself, nor an earlier report, which holds the very lines that this one shall show. */
function mayHoldCode({ uri, isUntitled, languageId }: vscode.TextDocument): boolean {
  return uri.scheme !== 'output' && !(isUntitled && languageId === 'markdown');
}

/** What must not be told by its own name. */
export function placesInUse(extension: vscode.Extension<unknown>): Places {
  return {
    home: os.homedir(),
    workspaces: vscode.workspace.workspaceFolders?.map(({ uri }) => uri.fsPath) ?? [],
    extension: extension.extensionPath,
    user: userName(),
    host: os.hostname(),
  };
}

function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    return ''; // a container may run under an id that has no name
  }
}

function trust(): string {
  return vscode.workspace.isTrusted ? 'trusted' : 'not trusted';
}

function toGb(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1);
}

/** Settings whose value in use is not the default, and where it is set. */
function changedSettings({ contributes }: Manifest): ChangedSetting[] {
  const groups = [contributes.configuration].flat();
  const all = groups.flatMap(({ properties }) => Object.entries(properties));
  return all.flatMap(([name, property]): ChangedSetting[] => {
    const found = vscode.workspace.getConfiguration().inspect<unknown>(name);
    const value = vscode.workspace.getConfiguration().get<unknown>(name);
    if (!found || JSON.stringify(value) === JSON.stringify(found.defaultValue)) return [];
    const where = found.workspaceFolderValue !== undefined ? 'folder' : found.workspaceValue !== undefined ? 'workspace' : 'user';
    const free = !['boolean', 'number', 'integer'].includes(property.type) && property.enum === undefined;
    return [{ name, value, free, where }];
  });
}
