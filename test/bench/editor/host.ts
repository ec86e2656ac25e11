/** The driver's hand in the extension host, loaded as a test is: answers its calls on a socket until that is closed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import * as vscode from 'vscode';
import { extensionId, inWorkspace } from '../../host/suite/support/editor';
import { loadingMs } from '../../host/suite/support/loading';
import { engines } from '../../host/suite/support/processes';
import type { HostMethods } from './methods';
import { longestRun } from './profile';

const sampleMicroseconds = 500;
const delay = monitorEventLoopDelay({ resolution: 1 });
const inspector = new Session();

const methods: HostMethods = {
  activate: async () => {
    const extension = vscode.extensions.getExtension(extensionId)!;
    await extension.activate();
    const [activated] = performance.getEntriesByName('unmask.activate');
    const bundle = path.join(extension.extensionPath, 'dist', 'extension.js');
    const times = Array.from({ length: 9 }, () => loadingMs(bundle));
    return { load: Math.min(...times), activate: activated!.duration, engine: engines().length > 0 };
  },
  place: async (text, offset) => {
    const file = inWorkspace('src', 'bench.js');
    const open = vscode.workspace.textDocuments.find((document) => document.uri.fsPath === file);
    if (open === undefined) writeFileSync(file, '');
    const document = open ?? (await vscode.workspace.openTextDocument(file));
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit((edit) => {
      edit.replace(new vscode.Range(0, 0, document.lineCount, 0), text);
    });
    const at = document.positionAt(offset);
    editor.selection = new vscode.Selection(at, at);
    editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenter);
    await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
  },
  select: (from, to) => {
    const editor = vscode.window.activeTextEditor!;
    editor.selection = new vscode.Selection(from, 0, to, editor.document.lineAt(to).text.length);
    return Promise.resolve();
  },
  setting: async (section, name, value) => {
    await vscode.workspace.getConfiguration(section).update(name, value ?? undefined, vscode.ConfigurationTarget.Global);
  },
  command: async (id, ...args) => vscode.commands.executeCommand(id, ...args),
  hasCommand: async (id) => (await vscode.commands.getCommands(true)).includes(id),
  startProfile: async () => {
    inspector.connect();
    await inspector.post('Profiler.enable');
    await inspector.post('Profiler.setSamplingInterval', { interval: sampleMicroseconds });
    await inspector.post('Profiler.start');
    delay.enable();
    delay.reset();
  },
  stopProfile: async () => {
    delay.disable();
    const { profile } = await inspector.post('Profiler.stop');
    inspector.disconnect();
    const bundles = path.join(vscode.extensions.getExtension(extensionId)!.extensionPath, 'dist');
    const ours = (url: string): boolean => url.includes(bundles) && !url.includes('test-host');
    return { longest: longestRun(profile, ours), delay99: delay.percentile(99) / 1e6, delayMax: delay.max / 1e6 };
  },
  memory: () => {
    const { rss, heapUsed } = process.memoryUsage();
    const [engine] = engines();
    const status = engine === undefined ? '' : readFileSync(`/proc/${engine}/status`, 'utf8');
    const resident = /VmRSS:\s+(\d+)/.exec(status)?.[1];
    return Promise.resolve({
      rssMb: rss / 2 ** 20,
      heapMb: heapUsed / 2 ** 20,
      engineRssMb: resident === undefined ? null : Number(resident) / 1024,
    });
  },
};

interface Call {
  readonly id: number;
  readonly method: keyof HostMethods;
  readonly args: readonly unknown[];
}

/** Called by VS Code; ends when the driver hangs up. */
export function run(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(process.env['UNMASK_BENCH_PORT']), '127.0.0.1');
    socket.once('error', reject);
    socket.once('close', () => {
      resolve();
    });
    createInterface({ input: socket }).on('line', (line) => {
      const { id, method, args } = JSON.parse(line) as Call;
      const perform = methods[method] as (...all: readonly unknown[]) => Promise<unknown>;
      perform(...args).then(
        (result) => socket.write(`${JSON.stringify({ id, result })}\n`),
        (error: unknown) => socket.write(`${JSON.stringify({ id, error: String(error) })}\n`),
      );
    });
  });
}
