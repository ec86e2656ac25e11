/** The sample projects as the benchmark uses them: which files are broken, a private copy, and a plain run of their tests. */
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { killGroup, killTree } from '../../protocol/process-tree';

const bugList = z.array(z.object({ file: z.string(), testFile: z.string(), test: z.string() }));
/** A broken file of the samples and one test that fails because of it. Paths are relative to the samples' folder. */
export type SampleBug = z.infer<typeof bugList>[number];

/** The broken files that `bugs.json` of a samples folder lists. */
export async function readBugs(samples: string): Promise<SampleBug[]> {
  return bugList.parse(JSON.parse(await readFile(path.join(samples, 'bugs.json'), 'utf8')));
}

/** A source file whose tests all pass, with the file that tests it. */
export interface SoundFile {
  readonly file: string;
  readonly testFile: string;
}

/** Files of the samples that no bug is known in. Every source `DIR/src/NAME.js` has its tests in `DIR/test/NAME.test.js`. */
export async function findSoundFiles(samples: string): Promise<SoundFile[]> {
  const broken = new Set((await readBugs(samples)).map((bug) => bug.file));
  const found: SoundFile[] = [];
  for (const folder of ['', 'node-test/']) {
    const names = (await readdir(path.join(samples, folder, 'src'))).sort();
    for (const name of names) {
      const file = `${folder}src/${name}`;
      const testFile = `${folder}test/${path.basename(name, '.js')}.test.js`;
      if (!broken.has(file)) found.push({ file, testFile });
    }
  }
  return found;
}

export interface SamplesCopy {
  readonly root: string;
  read(file: string): Promise<string>;
  write(file: string, text: string): Promise<void>;
  dispose(): Promise<void>;
}

/**
 * A private copy of the samples, with a link to the repository's node_modules. `soundOnly` leaves the broken files and their tests out, so
 * that whatever fails in the copy was broken there.
 */
export async function copySamples(samples: string, options: { readonly soundOnly: boolean }): Promise<SamplesCopy> {
  const bugs = await readBugs(samples);
  const home = await mkdtemp(path.join(os.tmpdir(), 'unmask-samples-'));
  const root = path.join(home, 'samples');
  await cp(samples, root, { recursive: true, filter: (from) => path.basename(from) !== 'node_modules' });
  await symlink(path.join(samples, '..', 'node_modules'), path.join(home, 'node_modules'), 'junction');
  if (options.soundOnly)
    await Promise.all(bugs.flatMap((bug) => [bug.file, bug.testFile]).map((file) => rm(path.join(root, file), { force: true })));
  return {
    root,
    read: (file) => readFile(path.join(root, file), 'utf8'),
    write: (file, text) => writeFile(path.join(root, file), text),
    dispose: () => rm(home, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** A copy that is still empty: a folder below `home`, a new temporary one with `modules` as its node_modules. */
export async function emptyCopy(prefix: string, folder: string, modules: string): Promise<SamplesCopy> {
  const home = await mkdtemp(path.join(os.tmpdir(), prefix));
  const root = path.join(home, folder);
  const copy = {
    root,
    read: (file: string) => readFile(path.join(root, file), 'utf8'),
    write: (file: string, text: string) => writeFile(path.join(root, file), text),
    dispose: () => rm(home, { recursive: true, force: true, maxRetries: 3 }),
  };
  try {
    await mkdir(root);
    await symlink(modules, path.join(home, 'node_modules'), 'junction');
    return copy;
  } catch (error) {
    await copy.dispose();
    throw error;
  }
}

export type TestOutcome = 'passed' | 'failed' | 'timeout';

/**
 * Runs one test file of a samples copy in a fresh process by the runner's own command, and tells only how it ended. On purpose
 * nothing of the product is used: this is what the benchmark trusts.
 */
export function runTestFile(root: string, testFile: string, milliseconds = 10_000): Promise<TestOutcome> {
  const nodeTest = testFile.startsWith('node-test/');
  const cwd = nodeTest ? path.join(root, 'node-test') : root;
  const mocha = path.join(root, '..', 'node_modules', 'mocha', 'bin', 'mocha.js');
  const file = path.join(root, testFile);
  // The project's mocha configuration would add all other test files to the one asked for.
  const args = nodeTest ? ['--test', file] : [mocha, '--no-config', '--spec', file];
  // A node that runs inside another test run must not report to it.
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: undefined };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, env, stdio: 'ignore', detached: process.platform !== 'win32' });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      if (child.pid !== undefined) killTree(child.pid);
    }, milliseconds);
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      if (child.pid !== undefined && process.platform !== 'win32') killGroup(child.pid);
      resolve(late ? 'timeout' : code === 0 ? 'passed' : 'failed');
    });
  });
}
