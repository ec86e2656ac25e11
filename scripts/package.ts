/**
 * npm run package: a .vsix for each platform into dist-vsix/, staged in a temporary folder, with sizes. `-- --target linux-x64` makes only that one;
 * `-- --smoke` also installs the one for Linux x64 into a clean VS Code and has it fix a function there.
 */
import { createVSIX } from '@vscode/vsce';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Command, Option } from 'commander';
import packageJson from '../package.json';
import { stage, targets, type Target } from './package/contents';

const root = path.join(__dirname, '..');
const output = path.join(root, 'dist-vsix');
const megabyte = 1_000_000;
/** What a download may weigh: a package above it fails. */
const limitMb: Partial<Record<Target, number>> = { 'linux-x64': 90 };

interface Flags {
  readonly target?: readonly Target[];
  readonly smoke: boolean;
}

/** Size of each of a folder's own entries with all below it, largest first. */
function largest(folder: string): { readonly name: string; readonly megabytes: number }[] {
  const sizes = new Map<string, number>();
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const parts = path.relative(folder, file).split(path.sep);
    const name = parts.slice(0, parts[0] === 'node_modules' ? 2 : 1).join('/');
    sizes.set(name, (sizes.get(name) ?? 0) + statSync(file).size);
  }
  return [...sizes].map(([name, size]) => ({ name, megabytes: size / megabyte })).sort((a, b) => b.megabytes - a.megabytes);
}

async function makePackage(target: Target): Promise<string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'unmask-package-'));
  try {
    stage(target, folder);
    writeFileSync(path.join(folder, '.vscodeignore'), ''); // all that is staged is meant
    const vsix = path.join(output, `unmask-${target}-${packageJson.version}.vsix`);
    await createVSIX({
      cwd: folder,
      packagePath: vsix,
      target,
      useYarn: false,
      allowMissingRepository: true,
      rewriteRelativeLinks: false, // they point into the package; no public address stands for it yet
    });
    const megabytes = statSync(vsix).size / megabyte;
    const contents = largest(folder);
    const unpacked = contents.reduce((sum, entry) => sum + entry.megabytes, 0);
    const parts = contents.slice(0, 4).map((entry) => `${entry.name} ${entry.megabytes.toFixed(1)}`);
    console.log(
      `[package] ${path.relative(root, vsix)}: ${megabytes.toFixed(1)} MB; unpacked ${unpacked.toFixed(1)} MB (${parts.join(', ')})`,
    );
    const limit = limitMb[target];
    if (limit !== undefined && megabytes >= limit)
      throw new Error(`The package for ${target} is to be under ${limit} MB and has ${megabytes.toFixed(1)} MB.`);
    return vsix;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In a mocha of its own: the test is written like those in a browser, and needs what they need. */
function smoke(vsix: string): void {
  for (const args of [
    ['scripts/setup-host.mjs'],
    ['node_modules/mocha/bin/mocha.js', 'test/browser/support/installed-package.ts'],
  ]) {
    const env = { ...process.env, UNMASK_VSIX: vsix };
    if (spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env }).status !== 0)
      throw new Error('The installed package does not work.');
  }
}

async function main(): Promise<void> {
  const flags = new Command('npm run package --')
    .addOption(new Option('--target <names...>', 'only these platforms').choices(targets))
    .option('--smoke', 'install the package for Linux x64 into a clean VS Code, and use it there', false)
    .parse()
    .opts<Flags>();
  mkdirSync(output, { recursive: true });
  const asked = flags.target ?? targets;
  let installable: string | undefined;
  for (const target of asked) {
    const vsix = await makePackage(target);
    if (target === 'linux-x64') installable = vsix;
  }
  if (flags.target === undefined)
    console.log(
      `[package] no package for darwin-x64: onnxruntime-node ${packageJson.dependencies['onnxruntime-node']} has no binaries for it`,
    );
  if (flags.smoke) smoke(installable ?? (await makePackage('linux-x64')));
}

main().catch((error: unknown) => {
  console.error(`[package] stopped: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
