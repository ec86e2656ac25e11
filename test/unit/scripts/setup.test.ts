import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.join(__dirname, '..', '..', '..');

/** A checkout whose dependencies are installed (by links to this one's), but that is not set up. */
function makeCheckout(): string {
  const checkout = mkdtempSync(path.join(os.tmpdir(), 'unmask-setup-'));
  for (const name of ['bin', 'samples', 'scripts', 'src', 'package.json', 'package-lock.json', 'tsconfig.json', '.npmrc'])
    cpSync(path.join(root, name), path.join(checkout, name), { recursive: true });
  const modules = path.join(checkout, 'node_modules');
  mkdirSync(path.join(modules, '.bin'), { recursive: true });
  cpSync(path.join(root, 'node_modules', '.package-lock.json'), path.join(modules, '.package-lock.json'));
  for (const name of readdirSync(path.join(root, 'node_modules')))
    if (!name.startsWith('.')) symlinkSync(path.join(root, 'node_modules', name), path.join(modules, name), 'junction');
  return checkout;
}

/** What set-up says. Without a registry to reach: nothing may be fetched. */
function setUp(checkout: string): string {
  const script = path.join(checkout, 'scripts', 'setup.mjs');
  const env = { ...process.env, npm_config_registry: 'http://127.0.0.1:9/', NODE_OPTIONS: '' };
  return execFileSync('sh', ['-c', '"$0" "$1" 2>&1', process.execPath, script], { cwd: checkout, env, encoding: 'utf8' });
}

describe('set-up', function () {
  this.timeout(60_000);
  let checkout: string;
  before(() => {
    checkout = makeCheckout();
  });
  after(() => {
    rmSync(checkout, { recursive: true, force: true });
  });

  it('builds and links what is missing, and says so', () => {
    const said = setUp(checkout);
    assert.match(said, /building dist/);
    assert.match(said, /linked node_modules\/\.bin\/unmask/);
    assert.doesNotMatch(said, /npm ci/);
    for (const name of ['engine.js', 'cli.js', 'extension.js']) assert.ok(existsSync(path.join(checkout, 'dist', name)), name);
  });

  it('does nothing when nothing is missing', () => {
    const before = readFileSync(path.join(checkout, 'dist', '.sources'), 'utf8');
    assert.match(setUp(checkout), /^\[setup\] ready \([\d.]+ s\)\n$/);
    assert.equal(readFileSync(path.join(checkout, 'dist', '.sources'), 'utf8'), before);
  });

  it('builds again when a source has changed or a bundle is gone', () => {
    appendFileSync(path.join(checkout, 'src', 'cli', 'main.ts'), '\n// changed\n');
    assert.match(setUp(checkout), /building dist/);
    rmSync(path.join(checkout, 'dist', 'engine.js'));
    assert.match(setUp(checkout), /building dist/);
    assert.match(setUp(checkout), /^\[setup\] ready/);
  });

  it('lets npx find the command from the samples without asking a registry', () => {
    const env = { ...process.env, npm_config_registry: 'http://127.0.0.1:9/', NODE_OPTIONS: '' };
    for (const folder of ['', 'samples', 'samples/node-test/src']) {
      const cwd = path.join(checkout, folder);
      const said = execFileSync('npx', ['--no-install', 'unmask', '--version'], { cwd, env, encoding: 'utf8', stdio: 'pipe' });
      assert.match(said, /^\d+\.\d+\.\d+\n$/, folder);
    }
  });
});
