import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Limits, Project } from '../types';
import { WorkspaceError } from '../errors';
import { nodeBinary } from '../isolation/environment';
import { parseTestCommand } from '../project/test-command';
import { runtimeFile } from '../runtime-files';

export interface CommandLine {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The project's own mocha: its folder, found from the project upwards. */
export function mochaFolder(root: string): string {
  try {
    const main = createRequire(path.join(root, 'package.json')).resolve('mocha/package.json');
    return path.dirname(main);
  } catch (error) {
    throw new WorkspaceError(
      'no-runner',
      `The tests of ${root} need mocha, which is not installed there: run \`npm install\` in that folder.`,
      { cause: error },
    );
  }
}

function mochaBinary(folder: string): string {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    bin?: string | Record<string, string>;
  };
  const bin = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin?.['mocha'];
  return path.join(folder, bin ?? 'bin/mocha.js');
}

/** Where few tests of few files are asked for, the rest needn't run. */
function onlyFiles(only: readonly string[] | undefined, root: string): string[] | null {
  if (only === undefined) return null;
  const files = [...new Set(only.map((id) => id.slice(0, id.indexOf('::'))))];
  return files.every((file) => file !== '' && existsSync(path.join(root, file))) ? files : null;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** Mocha matches `--grep` on titles joined by blanks; too many make too long a command line, and then whole files run. */
function grep(only: readonly string[] | undefined): string[] {
  if (only === undefined || only.length > 40) return [];
  const titles = only.map((id) => id.slice(id.indexOf('::') + 2).replace(/ #\d+$/, ''));
  return ['--grep', `^(${titles.map((title) => escapeRegExp(title).replaceAll(' > ', ' (?:> )?')).join('|')})$`];
}

/** How the project's tests are started so that they report to us. */
export function commandLine(
  project: Project,
  root: string,
  report: string,
  options: { readonly only?: readonly string[]; readonly coverage?: boolean; readonly limits: Limits },
): CommandLine {
  const parsed = parseTestCommand(project.command);
  const node = nodeBinary();
  const heap = `--max-old-space-size=${Math.max(64, Math.floor(options.limits.memoryMb * 0.75))}`;
  const files = onlyFiles(options.only, root);
  if (project.runner === 'mocha') {
    const reporter = runtimeFile('mocha-reporter');
    const own = [heap, ...parsed.nodeArgs, mochaBinary(mochaFolder(project.root)), ...parsed.args];
    const ours = [
      '--require',
      reporter,
      '--reporter',
      reporter,
      '--full-trace',
      ...(options.coverage === true ? ['--no-parallel'] : []),
    ];
    return { command: node.path, args: [...own, ...ours, ...grep(options.only)], env: node.env };
  }
  if (project.runner === 'node:test') {
    const reporting = [`--test-reporter=${runtimeFile('node-test-reporter')}`, `--test-reporter-destination=${report}`];
    const flags = parsed.args.filter((arg) => arg.startsWith('-') && !arg.startsWith('--test-reporter'));
    const asked = files ?? project.testFiles;
    return { command: node.path, args: [heap, ...parsed.nodeArgs, '--test', ...flags, ...reporting, ...asked], env: node.env };
  }
  const shell = process.platform === 'win32' ? ['cmd.exe', '/d', '/s', '/c'] : ['/bin/sh', '-c'];
  return { command: shell[0]!, args: [...shell.slice(1), project.command], env: { ...node.env, NODE_OPTIONS: heap } };
}
