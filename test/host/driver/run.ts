/** Runs the host tests in a real VS Code, once in a trusted and once in an untrusted workspace. */
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chooseHost } from './choose-host';
import { repository } from './paths';

const suites = ['trusted', 'untrusted'] as const;

/** Inherited by everything that the editor starts, so that what is left of a run can be told from other processes. */
const marker = 'UNMASK_HOST_FOLDER';

/** When the editor is gone, so is every process that it started: the engine, and the tests below it. */
async function assertNothingRuns(folder: string): Promise<void> {
  if (process.platform !== 'linux') return;
  const left = (): string[] =>
    readdirSync('/proc').filter((name) => {
      try {
        return /^\d+$/.test(name) && readFileSync(`/proc/${name}/environ`, 'utf8').includes(`${marker}=${folder}`);
      } catch {
        return false; // gone since we looked, or not ours to look at
      }
    });
  for (let attempt = 0; left().length > 0; attempt++) {
    if (attempt > 100) throw new Error(`processes are left after the editor ended: ${left().join(', ')}`);
    await delay(100);
  }
  console.log('[host] no process is left');
}

async function main(asked: readonly string[]): Promise<void> {
  const host = await chooseHost();
  console.log(`[host] ${host.kind}: ${host.executable}`);
  await build({
    absWorkingDir: repository,
    entryPoints: Object.fromEntries(suites.map((suite) => [suite, `test/host/suite/${suite}.ts`])),
    outdir: 'dist/test-host',
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
  });
  for (const suite of suites.filter((name) => asked.length === 0 || asked.includes(name))) {
    if (suite === 'untrusted' && host.kind !== 'code-server') {
      console.log('[host] untrusted: skipped, @vscode/test-electron trusts every folder on desktop VS Code');
      continue;
    }
    console.log(`[host] suite "${suite}"`);
    const home = mkdtempSync(path.join(os.tmpdir(), 'unmask-host-workspace-'));
    const folder = path.join(home, 'samples');
    cpSync(path.join(repository, 'samples'), folder, { recursive: true });
    // Above the folder, as in a project whose workspace is one of its packages: the samples' test runner is found there.
    symlinkSync(path.join(repository, 'node_modules'), path.join(home, 'node_modules'), 'junction');
    try {
      await runTests({
        vscodeExecutablePath: host.executable,
        extensionDevelopmentPath: repository,
        extensionTestsPath: path.join(repository, 'dist', 'test-host', `${suite}.js`),
        launchArgs: [folder, '--disable-extensions'],
        extensionTestsEnv: { UNMASK_HOST_UNTRUSTED: suite === 'untrusted' ? '1' : undefined, [marker]: folder },
      });
      await assertNothingRuns(folder);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
