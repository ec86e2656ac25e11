import assert from 'node:assert/strict';
import { offsetOf, parsePlace } from '../../../src/cli/complete';
import { onlyObject, runCli } from '../helpers/run-cli';

describe('unmask: usage', () => {
  for (const command of ['fix', 'complete', 'models', 'bench engine', 'bench fix', 'edit', 'refactor', 'finetune']) {
    it(`${command} explains itself, and knows --json`, async () => {
      const run = await runCli([...command.split(' '), '--help']);
      assert.equal(run.code, 0);
      assert.match(run.stdout, /--json/);
      assert.equal(run.stderr, '');
    });
  }

  it('tells its version', async () => {
    const { version } = (await import('../../../package.json')).default;
    assert.equal((await runCli(['--version'])).stdout.trim(), version);
  });

  const wrong: readonly [string[], RegExp][] = [
    [['fix'], /missing required argument 'file'/],
    [['fix', 'no-such-file.js'], /no file .*no-such-file\.js/],
    [['fix', 'package.json', '--range', '5:2'], /FIRST:LAST/],
    [['edit'], /missing required argument 'file'/],
    [['edit', 'no-such-file.js'], /no file .*no-such-file\.js/],
    [['edit', 'package.json', '--range', '1:99999'], /no line 99999/],
    [['fix', 'package.json', '--budget', 'endless'], /instant, standard, deep/],
    [['fix', 'package.json', '--workers', 'many'], /whole number from 1 to 64/],
    [['complete', 'package.json'], /FILE:LINE:COL/],
    [['complete', 'package.json:1:999'], /no column 999/],
    [['complete', 'package.json:99999:1'], /no line 99999/],
    [['complete', 'no-such-file.js:1:1'], /can't be read/],
    [['models', '--model', '/no/such/model'], /no model folder/],
    [['frobnicate'], /unknown command/],
  ];
  for (const [args, message] of wrong) {
    it(`${args.join(' ')}: exit code 2, and what is wrong`, async () => {
      const plain = await runCli(args);
      assert.equal(plain.code, 2);
      assert.match(plain.stderr, message);
      assert.equal(plain.stdout, '');
      const json = await runCli([...args, '--json']);
      assert.equal(json.code, 2);
      const object = onlyObject(json);
      assert.equal(object['status'], 'error');
      assert.match(object['error'] as string, message);
      if (args[0] === 'fix') {
        for (const key of ['file', 'diff', 'source', 'candidatesTried', 'testsRun', 'seconds', 'device', 'trace'])
          assert.ok(key in object, key);
      }
    });
  }

  for (const command of [['finetune']]) {
    it(`${command.join(' ')} does not pretend: exit code 3`, async () => {
      const plain = await runCli(command);
      assert.equal(plain.code, 3);
      assert.match(plain.stderr, /not available in this version/);
      const object = onlyObject(await runCli([...command, '--json']));
      assert.equal(object['status'], 'error');
    });
  }

  it('finds a place in a file, whatever its line breaks', () => {
    const text = 'ab\r\ncd\n\nx';
    const at = (line: number, column: number): number => offsetOf(text, { file: 'f', line, column });
    assert.equal(at(1, 1), 0);
    assert.equal(at(1, 3), 2);
    assert.equal(at(2, 1), 4);
    assert.equal(at(3, 1), 7);
    assert.equal(at(4, 2), 9);
    assert.throws(() => at(1, 4), /no column 4/);
    assert.deepEqual(parsePlace('C:\\a b.js:12:3'), { file: 'C:\\a b.js', line: 12, column: 3 });
  });
});
