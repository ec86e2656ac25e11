import { readdir } from 'node:fs/promises';
import type { Project } from '../types';
import { WorkspaceError } from '../errors';
import { findRoot, readManifest } from './manifest';
import type { Manifest } from './manifest';
import { readMochaConfig } from './mocha-config';
import { parseTestCommand } from './test-command';
import { importing, mochaTestFiles, nodeTestFiles } from './test-files';

const mend =
  'Give a test command (option --test "CMD", setting unmask.testCommand) or add "scripts": {"test": …} to package.json.';

/** `npm test`, `npm t`, `npm run test`, `yarn test`…: the manifest's script by another name. */
const scriptCall = /^\s*(?:npm|pnpm|yarn|bun)\s+(?:run\s+|run-script\s+)?(test|t|[\w:-]+)\s*$/;

async function testFilesOf(root: string, manifest: Manifest, command: string): Promise<string[]> {
  const parsed = parseTestCommand(command);
  if (parsed.runner === 'mocha') return mochaTestFiles(root, await readMochaConfig(root, manifest, parsed.args));
  if (parsed.runner === 'node:test') return nodeTestFiles(root, parsed.args);
  return [];
}

async function described(root: string, manifest: Manifest, command: string): Promise<Project> {
  const { runner } = parseTestCommand(command);
  const testFiles = await testFilesOf(root, manifest, command);
  if (runner !== 'command' && testFiles.length === 0) {
    throw new WorkspaceError('no-tests', `No test file matches \`${command}\` in ${root}. Add a test, or: ${mend}`);
  }
  return { root, runner, command, testFiles };
}

/** No usable script: looks for the runner in the configuration, the dependencies and the test files. */
async function guessed(root: string, manifest: Manifest): Promise<Project> {
  const entries = await readdir(root);
  const depends = { ...manifest.dependencies, ...manifest.devDependencies };
  const candidates = await nodeTestFiles(root, []);
  const native = await importing(root, candidates, 'node:test');
  const mochaNamed = entries.some((name) => name.startsWith('.mocharc')) || 'mocha' in depends || manifest.mocha !== undefined;
  if (mochaNamed || native.length === 0) {
    const files = await mochaTestFiles(root, await readMochaConfig(root, manifest, []));
    if (files.length > 0) return { root, runner: 'mocha', command: 'mocha', testFiles: files };
  }
  if (native.length > 0) {
    return {
      root,
      runner: 'node:test',
      command: `node --test ${native.map((file) => JSON.stringify(file)).join(' ')}`,
      testFiles: native,
    };
  }
  throw new WorkspaceError(
    'no-runner',
    `No tests were found in ${root}: there is no "test" script, no mocha and no file that imports node:test. ${mend}`,
  );
}

/** Finds the project a file belongs to and how its tests run. */
export async function findProject(file: string, options: { readonly testCommand?: string | undefined } = {}): Promise<Project> {
  const root = await findRoot(file);
  if (root === null) {
    throw new WorkspaceError(
      'no-project',
      `There is no package.json in any folder above ${file}. Tests run from the folder of the nearest one: create it with \`npm init\`.`,
    );
  }
  const manifest = await readManifest(root);
  const given = options.testCommand?.trim();
  const called = given === undefined || given === '' ? 'test' : scriptCall.exec(given)?.[1];
  if (called === undefined) return described(root, manifest, given!);
  const name = called === 't' ? 'test' : called;
  const script = manifest.scripts?.[name];
  if (script === undefined || script.includes('no test specified')) {
    if (given !== undefined && given !== '') return described(root, manifest, given);
    return guessed(root, manifest);
  }
  if (parseTestCommand(script).runner !== 'command') return described(root, manifest, script);
  return described(root, manifest, given ?? 'npm test');
}
