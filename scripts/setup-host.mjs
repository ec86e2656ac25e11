// Installs the VS Code that the host and browser tests run in: code-server (the real workbench and extension host) into
// .vscode-test/, and Debian's chromium and PyTorch. Does nothing when all are there. Linux x64 only: elsewhere the tests use desktop VS Code.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import path from 'node:path';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const hostDir = path.join(root, '.vscode-test');
const stubs = path.join(root, 'test', 'host', 'stubs');
const stampFile = path.join(hostDir, 'node_modules', '.unmask-stamp');
const server = path.join(hostDir, 'node_modules', 'code-server', 'lib', 'vscode');

/** What the installation depends on: any change of these makes it again. */
function wantedStamp() {
  const hash = createHash('sha256');
  for (const file of [
    path.join(hostDir, 'package.json'),
    path.join(hostDir, 'package-lock.json'),
    path.join(stubs, 'spdlog.cjs'),
    path.join(stubs, 'native-watchdog.cjs'),
  ])
    hash.update(readFileSync(file));
  return hash.digest('hex');
}

function npm(args, cwd) {
  console.log(`[setup-host] npm ${args.join(' ')}   (in ${path.relative(root, cwd)})`);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  execFileSync('npm', args, { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Installs code-server with its own two dependency trees. No addon is built: two plain stubs stand in for them. */
function installVscode() {
  const stamp = wantedStamp();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  console.log('[setup-host] installing a VS Code for tests into .vscode-test/ (about 800 MB, once; a minute or two)');
  rmSync(stampFile, { force: true });
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  npm(['ci', ...quiet], hostDir);
  // `npm install`, not `npm ci`: the shrinkwrap that code-server ships is out of step with its package.json.
  npm(['install', '--omit=dev', '--no-save', ...quiet], server);
  npm(['install', '--omit=dev', '--no-save', ...quiet], path.join(server, 'extensions'));
  copyFileSync(path.join(stubs, 'spdlog.cjs'), path.join(server, 'node_modules', '@vscode', 'spdlog', 'index.js'));
  copyFileSync(
    path.join(stubs, 'native-watchdog.cjs'),
    path.join(server, 'node_modules', '@vscode', 'native-watchdog', 'index.js'),
  );
  writeFileSync(stampFile, stamp);
}

/** Chromium shows the workbench; libvulkan1 with chromium's SwiftShader is the GPU of the WebGPU tests; PyTorch has the kernels of `npm run accelerate`. */
function installPackages() {
  const wanted = [];
  if (!process.env.UNMASK_CHROMIUM && !existsSync('/usr/bin/chromium')) wanted.push('chromium');
  if (!existsSync('/usr/lib/x86_64-linux-gnu/libvulkan.so.1')) wanted.push('libvulkan1');
  if (!process.env.UNMASK_PYTHON && !existsSync('/usr/lib/python3/dist-packages/torch')) wanted.push('python3-torch');
  if (wanted.length === 0) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    throw new Error(
      `these tests need ${wanted.join(' and ')}: install them (Debian: apt-get install ${wanted.join(' ')}), or set UNMASK_CHROMIUM and UNMASK_PYTHON`,
    );
  console.log(`[setup-host] apt-get install ${wanted.join(' ')} (once)`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => execFileSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  apt('update', '-qq');
  apt('install', '-y', '-qq', '--no-install-recommends', ...wanted);
}

/** Makes a VS Code ready for tests; says what it does; does nothing when all is there. */
export function setupHost() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    console.log(
      '[setup-host] no bundled VS Code for this system: tests will use a desktop VS Code (UNMASK_VSCODE, or a download)',
    );
    return;
  }
  installVscode();
  installPackages();
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) setupHost();
