import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createSnapshot, createVerifier, findProject, isolation, runTests } from '../../../src/workspace/index';
import type { Limits, TestRun, Verdict } from '../../../src/workspace/index';
import { sweepLeftovers } from '../../../src/workspace/sandbox/registry';
import { buildRuntime, cleanUp, contents, fixtureCopy, foldersLeft, limits, processesLeft, project, settled } from './support';

/** Runs a project whose test command is the given script; the project must come out as it went in. */
async function runCommand(script: string, own: Partial<Limits> = {}, files: Record<string, string> = {}): Promise<TestRun> {
  const root = project({ 'package.json': JSON.stringify({ scripts: { test: 'mocha' } }), 'keep.txt': 'kept', ...files });
  const before = contents(root);
  const found = await findProject(path.join(root, 'keep.txt'), { testCommand: script });
  assert.equal(found.runner, 'command');
  const snapshot = await createSnapshot(found.root);
  const sandbox = await snapshot.sandbox();
  try {
    return await runTests(found, sandbox, { limits: { ...limits, ...own } });
  } finally {
    await sandbox.dispose();
    await snapshot.dispose();
    assert.deepEqual(contents(root), before, 'the workspace must be as it was');
    assert.deepEqual([await settled(), foldersLeft()], [[], []], 'nothing may be left behind');
  }
}

/** Screens and proves a hostile module in place of a sound one. */
async function attack(code: (root: string) => string): Promise<{ readonly root: string; readonly verdicts: Verdict[] }> {
  const root = fixtureCopy('mocha-cjs');
  const sound = readFileSync(path.join(root, 'src/range.js'), 'utf8').replace('> high) return low', '> high) return high');
  const before = contents(root);
  const verifier = await createVerifier({
    project: await findProject(path.join(root, 'src/range.js')),
    workers: 1,
    limits: { ...limits, milliseconds: 8000 },
  });
  try {
    assert.equal(verifier.warm, true);
    const tests = verifier.baseline.tests.filter(({ state }) => state !== 'skipped').map(({ id }) => id);
    const hostile = { files: new Map([['src/range.js', code(root) + sound]]) };
    const verdicts = [await verifier.screen(hostile, tests, { bail: false, milliseconds: 3000 }), await verifier.prove(hostile)];
    // Whatever happened, a sound candidate is still recognised.
    const harmless = { files: new Map([['src/range.js', sound]]) };
    assert.equal((await verifier.screen(harmless, tests, { bail: false, milliseconds: 5000 })).outcome, 'passed');
    assert.equal((await verifier.prove(harmless)).outcome, 'passed');
    return { root, verdicts };
  } finally {
    await verifier.dispose();
    assert.deepEqual(contents(root), before, 'the workspace must be as it was');
    assert.deepEqual([await settled(), foldersLeft()], [[], []], 'nothing may be left behind');
  }
}

describe('hostile test commands and candidates', function () {
  this.timeout(120_000);
  let confined = false;
  before(async () => {
    buildRuntime();
    confined = (await isolation()).readOnly;
  });
  after(cleanUp);

  it('ends a command that hangs', async () => {
    const result = await runCommand('sleep 1000', { milliseconds: 700 });
    assert.deepEqual([result.outcome, result.reason], ['timeout', 'the run took longer than 700 ms']);
  });

  it('ends a command that hangs and ignores signals, with its children in sessions of their own', async () => {
    const result = await runCommand(
      `trap '' TERM INT HUP; setsid sleep 1000 & setsid sh -c 'trap "" TERM; sleep 1000' & sleep 1000`,
      { milliseconds: 700 },
    );
    assert.equal(result.outcome, 'timeout');
  });

  it('does not wait for what a command leaves running', async () => {
    const started = Date.now();
    const result = await runCommand('setsid sleep 1000 & exit 0');
    assert.equal(result.outcome, 'passed');
    assert.ok(Date.now() - started < 15_000);
  });

  it('bounds a command that forks without end', async () => {
    const result = await runCommand('f() { f & f & sleep 5; }; f; sleep 5', { processes: 30 });
    assert.deepEqual([result.outcome, result.reason], ['limit', 'the run started more than 30 processes (limit processes)']);
  });

  it('bounds a command that fills the disk, with one file or many', async () => {
    const one = await runCommand('cat /dev/zero > big; sleep 20');
    assert.equal(one.outcome, 'limit', one.output);
    assert.match(one.reason!, /more than 24 MB/);
    const many = await runCommand('i=0; while :; do i=$((i+1)); head -c 1000000 /dev/zero > "$TMPDIR/f$i"; done');
    assert.equal(many.outcome, 'limit', many.output);
  });

  it('bounds a command that prints 100 MB, and keeps its end', async () => {
    const result = await runCommand('head -c 100000000 /dev/zero | tr "\\0" "x"; echo done');
    assert.deepEqual([result.outcome, result.reason], ['limit', 'the run printed more than 8 MB (limit outputMb)']);
    assert.ok(result.output.length > 1000 && result.output.length < 200_000);
  });

  it('bounds memory, in V8’s heap and outside of it', async () => {
    const files = {
      'heap.js': 'const a = []; for (;;) a.push(new Array(1e5).fill(a.length));',
      'native.js': 'const a = []; for (;;) a.push(Buffer.alloc(2e7, 1));',
    };
    const heap = await runCommand(`${JSON.stringify(process.execPath)} heap.js`, { memoryMb: 256 }, files);
    assert.ok(['failed', 'crashed', 'limit'].includes(heap.outcome), heap.outcome);
    const native = await runCommand(`${JSON.stringify(process.execPath)} native.js`, { memoryMb: 256 }, files);
    assert.equal(native.outcome, 'limit');
    assert.match(native.reason!, /256 MB of memory/);
  });

  it('keeps tokens and other variables to itself', async () => {
    process.env['UNMASK_TEST_TOKEN'] = 'secret';
    try {
      const result = await runCommand('env; exit 1');
      assert.ok(!result.output.includes('secret') && !result.output.includes('UNMASK_TEST_TOKEN'));
      assert.ok(result.output.includes('PATH='));
    } finally {
      delete process.env['UNMASK_TEST_TOKEN'];
    }
  });

  it('lets nothing onto the network, but tests talk to themselves', async function () {
    if (!confined) this.skip();
    let hits = 0;
    const server = createServer((_, response) => {
      hits++;
      response.end('reached');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      assert.equal(await fetch(`http://127.0.0.1:${port}`).then((response) => response.text()), 'reached');
      const out = `fetch('http://127.0.0.1:${port}').then(() => process.exit(7), () => process.exit(0))`;
      const result = await runCommand(`${JSON.stringify(process.execPath)} out.js`, {}, { 'out.js': out });
      assert.deepEqual([result.exitCode, hits], [0, 1]);
      const self = `const s = require('http').createServer((q, r) => r.end('me')).listen(0, '127.0.0.1', () => fetch('http://127.0.0.1:' + s.address().port).then((r) => r.text()).then((t) => process.exit(t === 'me' ? 0 : 1), () => process.exit(2)));`;
      assert.equal((await runCommand(`${JSON.stringify(process.execPath)} self.js`, {}, { 'self.js': self })).exitCode, 0);
      const { verdicts } = await attack(() => `fetch('http://127.0.0.1:${port}').catch(() => {});\n`);
      assert.equal(hits, 1);
      assert.equal(verdicts[1]!.outcome, 'passed');
    } finally {
      server.close();
    }
  });

  it('keeps the workspace when a candidate deletes files', async function () {
    if (!confined) this.skip();
    await attack((root) => `try { require('fs').rmSync(${JSON.stringify(root)}, { recursive: true, force: true }); } catch {}\n`);
    await attack(() => `try { require('fs').rmSync(process.cwd(), { recursive: true, force: true }); } catch {}\n`);
    const { verdicts } = await attack(() => `require('child_process').execSync('rm -rf ' + __dirname + '/../test');\n`);
    assert.notEqual(verdicts[1]!.outcome, 'passed');
  });

  it('keeps files elsewhere when a candidate writes to them', async function () {
    if (!confined) this.skip();
    const victim = path.join(project({ 'victim.txt': 'as it was' }), 'victim.txt');
    await attack(() => `try { require('fs').writeFileSync(${JSON.stringify(victim)}, 'changed'); } catch {}\n`);
    await attack(() => `try { require('child_process').execSync('echo changed > ${victim}'); } catch {}\n`);
    assert.equal(readFileSync(victim, 'utf8'), 'as it was');
  });

  it('is not taken in by a candidate that rewrites the tests as it runs', async () => {
    const cheat = `const fs = require('fs'), p = require('path'), f = p.join(__dirname, '../test/range.test.js');
      try { fs.writeFileSync(f, "it('nothing', () => {});"); fs.rmSync(p.join(__dirname, '../package.json')); } catch {}\n`;
    await attack(() => cheat);
  });

  it('ends a candidate that loops for ever, and one that spawns for ever', async () => {
    for (const verdict of (await attack(() => 'for (;;);\n')).verdicts) assert.equal(verdict.outcome, 'timeout');
    const spawning = `const { spawn } = require('child_process'); for (let i = 0; i < 60; i++) spawn('sleep', ['1000'], { detached: true }).unref();\n`;
    const { verdicts } = await attack(() => `${spawning} const until = Date.now() + 2000; while (Date.now() < until);\n`);
    assert.deepEqual(
      verdicts.map(({ outcome }) => outcome),
      ['limit', 'limit'],
    );
  });

  it('ends everything when the process that runs the tests is killed, and sweeps its folders at the next start', async function () {
    if (!confined || process.platform !== 'linux') this.skip();
    const root = project({ 'package.json': '{"scripts":{"test":"sleep 1000"}}', 'a.js': '' });
    const script = path.join(root, 'run.ts');
    const index = JSON.stringify(path.join(__dirname, '../../../src/workspace/index'));
    writeFileSync(
      script,
      `import { createSnapshot, findProject, runTests, defaultLimits } from ${index};
       void (async () => { const p = await findProject(${JSON.stringify(path.join(root, 'a.js'))}); const s = await (await createSnapshot(p.root)).sandbox();
       void runTests(p, s, { limits: defaultLimits }); })();`,
    );
    const child = spawn(process.execPath, ['--import', 'tsx', script], {
      cwd: path.join(__dirname, '../../..'),
      stdio: 'ignore',
    });
    const pid = child.pid!;
    const sleeping = (): string[] => processesLeft(pid).filter((command) => command.startsWith('sleep'));
    for (let i = 0; i < 300 && sleeping().length === 0; i++) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(sleeping().length, 1);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.on('exit', resolve));
    assert.deepEqual(await settled(pid), []);
    assert.notDeepEqual(foldersLeft(pid), []);
    await sweepLeftovers();
    assert.deepEqual(foldersLeft(pid), []);
    assert.ok(existsSync(root));
  });

  it('refuses a project that is too large to copy, with a word on what to do', async () => {
    const root = project({ 'package.json': '{}', 'a.bin': 'x'.repeat(2_000_000) });
    await assert.rejects(createSnapshot(root, {}, { files: 100, megabytes: 1 }), /too large .*smaller package/s);
    await assert.rejects(createSnapshot(root, {}, { files: 1, megabytes: 10 }), /too large/);
    assert.deepEqual(foldersLeft(), []);
  });
});
