// Makes a checkout ready: dependencies, bundles, and the `unmask` command for npx. Does only what is missing, and says what.
// With --host also the VS Code and the browser that `npm test` and `npm start` use.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import path from 'node:path';

export const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const modules = path.join(root, 'node_modules');
const say = (text) => console.error(`[setup] ${text}`);
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Error(`Unmask needs Node 20.19 or newer; this is ${process.version}. Install a newer Node and try again.`);
}

/** Compares what npm says it installed with the lockfile: a package of another platform may be absent, none may differ. */
function dependenciesMissing() {
  const installed = path.join(modules, '.package-lock.json');
  if (!existsSync(installed)) return true;
  const have = readJson(installed).packages;
  return Object.entries(readJson(path.join(root, 'package-lock.json')).packages).some(([name, wanted]) => {
    if (name === '') return false;
    const entry = have[name];
    if (entry === undefined) return wanted.optional !== true;
    return entry.version !== wanted.version || (wanted.optional !== true && !existsSync(path.join(root, name)));
  });
}

function installDependencies() {
  if (!dependenciesMissing()) return;
  say('npm ci (once; about a minute)');
  // The runtime's install script would download CUDA libraries; the CPU and WebGPU providers are in the package already.
  // Variables of an npm that started this script would steer the inner one (its prefix, its working directory).
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^npm_(config_(local_)?prefix|lifecycle|package)/i.test(name),
  );
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    env: { ...Object.fromEntries(inherited), ONNXRUNTIME_NODE_INSTALL: 'skip' },
    stdio: ['ignore', 2, 'inherit'],
    shell: process.platform === 'win32',
  });
}

/** A hash of everything the bundles are made from. */
function sourcesHash() {
  const hash = createHash('sha256');
  const add = (file) => hash.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  const entries = readdirSync(path.join(root, 'src'), { withFileTypes: true, recursive: true });
  const sources = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
  sources.sort().forEach(add);
  for (const file of ['scripts/build.mjs', 'package.json', 'package-lock.json', 'tsconfig.json']) add(path.join(root, file));
  return hash.digest('hex');
}

function buildBundles() {
  const stamp = path.join(root, 'dist', '.sources');
  const wanted = sourcesHash();
  const complete = ['engine.js', 'cli.js'].every((name) => existsSync(path.join(root, 'dist', name)));
  if (complete && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('building dist/');
  rmSync(stamp, { force: true });
  execFileSync(process.execPath, [path.join(root, 'scripts', 'build.mjs')], { cwd: root, stdio: ['ignore', 2, 'inherit'] });
  mkdirSync(path.join(root, 'dist'), { recursive: true });
  writeFileSync(stamp, wanted);
}

/** npm links the commands of dependencies only; this links our own, so that `npx --no-install unmask` finds it from any folder below. */
function linkCommand() {
  const link = path.join(modules, '.bin', 'unmask');
  if (existsSync(link)) return;
  if (process.platform === 'win32') {
    writeFileSync(`${link}.cmd`, '@node "%~dp0\\..\\..\\bin\\unmask.js" %*\r\n');
    return;
  }
  rmSync(link, { force: true }); // a dangling link does not "exist"
  symlinkSync(path.join('..', '..', 'bin', 'unmask.js'), link);
  say('linked node_modules/.bin/unmask');
}

/**
 * Everything that is missing, in order. Ends the process where a step fails: what it printed says why.
 * @param {{ host?: boolean }} options
 */
export async function setup({ host = false } = {}) {
  try {
    checkNode();
    installDependencies();
    linkCommand();
    buildBundles();
    if (host) (await import(pathToFileURL(path.join(root, 'scripts', 'setup-host.mjs')).href)).setupHost();
  } catch (error) {
    say(`stopped: ${error.message}`);
    process.exit(1);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const started = Date.now();
  await setup({ host: process.argv.includes('--host') });
  say(`ready (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}
