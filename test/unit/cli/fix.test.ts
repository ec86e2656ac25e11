import assert from 'node:assert/strict';
import {
  readFileSync,
  statSync,
  chmodSync,
  readdirSync,
  writeFileSync,
  symlinkSync,
  lstatSync,
  mkdtempSync,
  rmSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { applyText, textHash } from '../../../src/cli/apply';
import { fixResult } from '../../../src/protocol/messages';
import { brokenProject, type BrokenProject } from '../helpers/broken-project';
import { processesWith, until } from '../helpers/processes';
import { onlyObject, runCli } from '../helpers/run-cli';

describe('unmask fix', function () {
  this.timeout(120_000);
  let project: BrokenProject;
  beforeEach(() => (project = brokenProject()));
  afterEach(() => {
    project.dispose();
  });

  it('prints one object with the proven fix of a file elsewhere, and changes nothing', async () => {
    const run = await runCli(['fix', project.file, '--json'], { cwd: os.homedir() });
    assert.equal(run.code, 0, run.stdout);
    const result = fixResult.parse(onlyObject(run));
    assert.equal(result.status, 'fixed');
    assert.equal(result.file, project.file);
    assert.match(result.diff, /^-.*Math\.min/m);
    assert.match(result.diff, /^\+.*Math\.max/m);
    assert.ok(result.candidatesTried > 0 && result.testsRun > 0 && result.seconds > 0);
    assert.ok(result.trace.some(({ kind }) => kind === 'failure') && result.trace.some(({ kind }) => kind === 'proof'));
    assert.equal(result.baseHash, textHash(project.source));
    assert.equal(readFileSync(project.file, 'utf8'), project.source);
  });

  it('applies where told to, keeping the mode; afterwards no test fails, which is exit code 1', async () => {
    chmodSync(project.file, 0o640);
    const run = await runCli(['fix', path.basename(project.file), '--apply', '--sources', 'mutation'], {
      cwd: path.dirname(project.file),
    });
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stdout, /^ +\d+\.\ds failure/m, 'the trace');
    assert.match(run.stdout, /^\+.*Math\.max/m, 'the diff');
    assert.match(run.stdout, /Written to/);
    assert.match(readFileSync(project.file, 'utf8'), /Math\.max\(0, place - half\)/);
    assert.equal(statSync(project.file).mode & 0o777, 0o640);
    assert.deepEqual(readdirSync(path.dirname(project.file)), ['seats.js'], 'no temporary file');
    const again = await runCli(['fix', project.file, '--json', '--sources', 'mutation']);
    assert.equal(again.code, 1);
    assert.equal(onlyObject(again)['status'], 'no-failing-test');
  });

  it('takes any test command, and says not-fixed where nothing helps', async () => {
    const run = await runCli(['fix', project.file, '--test', 'exit 1', '--budget', 'instant', '--sources', 'mutation', '--json']);
    assert.equal(run.code, 1, run.stdout);
    const result = onlyObject(run);
    assert.equal(result['status'], 'not-fixed');
    assert.equal(result['diff'], '');
    assert.equal(readFileSync(project.file, 'utf8'), project.source);
  });

  it('Ctrl-C: exit code 130, nothing changed, no process left', async function () {
    if (process.platform !== 'linux') this.skip();
    const marker = `unmask-cli-${process.pid}-${Date.now()}`;
    let interrupted = false;
    const run = await runCli(['fix', project.file, '--test', 'sleep 62', '--sources', 'mutation'], {
      env: { MARKER: marker },
      onStderr: (child, said) => {
        if (interrupted || !said.includes('Running the tests')) return;
        interrupted = true;
        setTimeout(() => child.kill('SIGINT'), 300);
      },
    });
    assert.equal(run.code, 130, run.stderr);
    assert.match(run.stderr, /Cancelled/);
    assert.equal(readFileSync(project.file, 'utf8'), project.source);
    await until('nothing is left', () => processesWith(marker).length === 0 && processesWith('sleep\x0062').length === 0);
  });

  it('killed: the engine and its tests end by themselves', async function () {
    if (process.platform !== 'linux') this.skip();
    const marker = `unmask-cli-${process.pid}-${Date.now()}`;
    const run = await runCli(['fix', project.file, '--test', 'sleep 63', '--sources', 'mutation'], {
      env: { MARKER: marker },
      onStderr: (child, said) => {
        if (said.includes('Running the tests')) setTimeout(() => child.kill('SIGKILL'), 300);
      },
    });
    assert.equal(run.code, null);
    await until('nothing is left', () => processesWith(marker).length === 0 && processesWith('sleep\x0063').length === 0);
  });
});

describe('unmask complete and models', function () {
  this.timeout(60_000);

  it('complete prints one object for a place', async () => {
    const project = brokenProject();
    const run = await runCli(['complete', `${project.file}:5:20`, '--min-confidence', '0', '--json']);
    project.dispose();
    assert.equal(run.code, 0, run.stdout);
    const result = onlyObject(run);
    assert.equal(result['status'], 'ok');
    assert.equal(result['line'], 5);
    assert.ok(typeof result['text'] === 'string' || typeof result['silence'] === 'string');
    assert.ok((result['steps'] as number) > 0, 'the model was asked');
  });

  it('models tells true facts of the embedded model', async () => {
    const { models } = onlyObject(await runCli(['models', '--json'])) as { models: Record<string, unknown>[] };
    assert.equal(models.length, 1);
    const [model] = models;
    assert.equal(model!['embedded'], true);
    const folder = model!['folder'] as string;
    const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);
    assert.equal(model!['bytes'], bytes);
    const config = JSON.parse(readFileSync(path.join(folder, 'config.json'), 'utf8')) as { max_sequence_length: number };
    assert.equal(model!['maxSequence'], config.max_sequence_length);
  });
});

describe('unmask: applying a text', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'unmask-test-'))));
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('refuses a file that changed, and leaves it', async () => {
    const file = path.join(folder, 'a.js');
    writeFileSync(file, 'changed meanwhile');
    await assert.rejects(applyText(file, 'new', textHash('old')), /has changed/);
    assert.equal(readFileSync(file, 'utf8'), 'changed meanwhile');
    assert.deepEqual(readdirSync(folder), ['a.js']);
  });

  it('writes through a symbolic link', async function () {
    if (process.platform === 'win32') this.skip();
    const file = path.join(folder, 'a.js');
    const link = path.join(folder, 'link.js');
    writeFileSync(file, 'old');
    symlinkSync(file, link);
    await applyText(link, 'new', textHash('old'));
    assert.equal(readFileSync(file, 'utf8'), 'new');
    assert.ok(lstatSync(link).isSymbolicLink());
  });
});
