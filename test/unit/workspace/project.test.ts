import assert from 'node:assert/strict';
import path from 'node:path';
import { WorkspaceError, findProject, isFrozen } from '../../../src/workspace/index';
import { insideProject } from '../../../src/workspace/project/frozen';
import { parseTestCommand } from '../../../src/workspace/project/test-command';
import { cleanUp, fixtures, project } from './support';

async function problem(work: Promise<unknown>): Promise<WorkspaceError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof WorkspaceError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('finding projects', () => {
  after(cleanUp);

  it('finds mocha, node:test and plain commands in the manifest of the nearest package', async () => {
    const found = await findProject(path.join(fixtures, 'mocha-esm/src/deeper/not-there.js'));
    assert.deepEqual(found, {
      root: path.join(fixtures, 'mocha-esm'),
      runner: 'mocha',
      command: 'mocha',
      testFiles: ['test/series.test.js'],
    });
    const native = await findProject(path.join(fixtures, 'node-test/src/words.js'));
    assert.equal(native.runner, 'node:test');
    assert.deepEqual(native.testFiles, ['test/module.test.mjs', 'test/words.test.js']);
    const plain = await findProject(path.join(fixtures, 'command/src/double.js'));
    assert.deepEqual([plain.runner, plain.command, plain.testFiles], ['command', 'npm test', []]);
  });

  it('reads .mocharc for where the tests are', async () => {
    const found = await findProject(path.join(fixtures, 'mocha-ts/src/pair.ts'));
    assert.deepEqual(found.testFiles, ['test/pair.spec.ts']);
    const yaml = project({ 'package.json': '{}', '.mocharc.yml': 'spec: [checks/*.js]\n', 'checks/a.js': '', 'test/b.js': '' });
    assert.deepEqual((await findProject(path.join(yaml, 'a.js'))).testFiles, ['checks/a.js']);
  });

  it('finds tests that import node:test where there is no script', async () => {
    const root = project({ 'package.json': '{"name":"x"}', 'src/a.js': '', 'lib/a.test.js': "require('node:test')" });
    const found = await findProject(path.join(root, 'src/a.js'));
    assert.deepEqual([found.runner, found.testFiles], ['node:test', ['lib/a.test.js']]);
  });

  it('takes the given command, and looks through npm test to the runner behind it', async () => {
    const file = path.join(fixtures, 'mocha-cjs/src/range.js');
    assert.equal((await findProject(file, { testCommand: 'make check' })).runner, 'command');
    assert.equal((await findProject(file, { testCommand: 'npm test' })).runner, 'mocha');
    const narrow = await findProject(file, { testCommand: 'npx mocha test/range.test.js' });
    assert.deepEqual([narrow.runner, narrow.testFiles], ['mocha', ['test/range.test.js']]);
  });

  it('says what is missing and how to mend it', async () => {
    const none = await problem(findProject('/nowhere/at/all.js'));
    assert.deepEqual([none.problem, none.message.includes('npm init')], ['no-project', true]);
    const bare = project({ 'package.json': '{"name":"bare"}', 'a.js': '' });
    const bareProblem = await problem(findProject(path.join(bare, 'a.js')));
    assert.deepEqual([bareProblem.problem, bareProblem.message.includes('--test')], ['no-runner', true]);
    const empty = project({ 'package.json': '{"scripts":{"test":"mocha spec"}}' });
    assert.equal((await problem(findProject(path.join(empty, 'a.js')))).problem, 'no-tests');
    const broken = project({ 'package.json': '{"scripts":' });
    assert.equal((await problem(findProject(path.join(broken, 'a.js')))).problem, 'bad-project');
  });

  const commands: [string, string, string[]][] = [
    ['mocha', 'mocha', []],
    ['npx --no-install mocha --timeout 5000 "test/**/*.js"', 'mocha', ['--timeout', '5000', 'test/**/*.js']],
    ['cross-env NODE_ENV=test nyc mocha test/*.js', 'mocha', ['test/*.js']],
    ['eslint . && mocha', 'mocha', []],
    ['node ./node_modules/mocha/bin/mocha.js a.js', 'mocha', ['a.js']],
    ['node --import tsx --test test/*.ts', 'node:test', ['test/*.ts']],
    ['npm run build && mocha', 'command', []],
    ['mocha | tee log', 'command', []],
    ['mocha; true', 'command', []],
    ['node test.js', 'command', []],
    ['jest', 'command', []],
  ];
  for (const [command, runner, args] of commands) {
    it(`understands \`${command}\``, () => {
      const parsed = parseTestCommand(command);
      assert.deepEqual([parsed.runner, parsed.args], [runner, args]);
    });
  }

  it('freezes tests, their configuration and package files, and nothing else', () => {
    for (const file of [
      'package.json',
      'test/a.js',
      'src/__tests__/a.js',
      'src/a.test.ts',
      'src/a.spec.mjs',
      '.mocharc.cjs',
      'odd/name.js',
      'tsconfig.base.json',
    ]) {
      assert.equal(isFrozen(file, ['odd/name.js']), true, file);
    }
    for (const file of ['src/a.js', 'src/testing.js', 'src/latest/a.js', 'contest.js', 'lib/package.js'])
      assert.equal(isFrozen(file, []), false, file);
  });

  it('knows when a name leaves the project', () => {
    assert.deepEqual(['../a.js', '/etc/passwd', 'a/../../b', '..', '.'].map(insideProject), [null, null, null, null, null]);
    assert.equal(insideProject('a/./b/../c.js'), 'a/c.js');
  });
});
