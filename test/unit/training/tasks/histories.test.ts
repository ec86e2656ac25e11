import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { historyTaskSet } from '../../../../src/bench/fix/history-tasks';
import { runTestFile } from '../../../../src/bench/fix/samples';
import { integrityOf, tarballName } from '../../../../src/training/corpus/fetch';
import { Random } from '../../../../src/training/random';
import { changedTokens, changesBetween } from '../../../../src/training/tasks/histories/changes';
import { expressionsAbout } from '../../../../src/training/tasks/histories/expressions';
import { packageFiles } from '../../../../src/training/tasks/histories/package-files';
import { judged, readHistoryTasks, writeHistoryTasks } from '../../../../src/training/tasks/histories/tasks';
import { readVersions } from '../../../../src/training/tasks/histories/versions';
import { tarball } from '../../training/corpus/tarballs';

const sources = (text: string, name = 'index.js'): Map<string, string> => new Map([[name, text]]);
const clamp = (compare: string): string =>
  `exports.clamp = function (value, low, high) {\n  if (value ${compare} low) {\n    return low + 0;\n  }\n  return value > high ? high : value;\n};\n`;

/** A package of one file that rounds wrongly until its newer version. */
const file = (round: string): string =>
  `'use strict';\nconst units = { kb: 1024, mb: 1048576 };\n\nmodule.exports = size;\nmodule.exports.parse = parse;\n\nfunction size(bytes) {\n  return Math.${round}(bytes / units.kb) + 'kB';\n}\n\nfunction parse(text) {\n  return Number.parseFloat(text) * units[text.slice(-2).toLowerCase()];\n}\n`;
const readme =
  "# short-size\n```js\nconst size = require('short-size')\nsize(2048)\nsize(1500)\nsize.parse('1mb')\nother(5)\n```\n";
const manifest = (more: object = {}): string => JSON.stringify({ name: 'short-size', version: '2.0.0', license: 'MIT', ...more });

function packed(more: object = {}, main = 'index.js'): Buffer {
  return tarball([
    { path: 'package/package.json', text: manifest(more) },
    { path: `package/${main}`, text: file('round') },
    { path: 'package/test/index.js', text: 'throw new Error("no test of theirs runs")' },
    { path: 'package/README.md', text: readme },
  ]);
}

describe('bugs of histories', function () {
  this.timeout(60_000);

  describe('changes', () => {
    it('are each of the small ones of a file, taken back by itself', () => {
      const [older, newer] = [sources(clamp('<=') + clamp('<=')), sources(`// more\n${clamp('<')}${clamp('<')}`)];
      const found = changesBetween(older, newer);
      assert.deepEqual(found.map(({ line }) => line), [3, 9]); // prettier-ignore
      assert.deepEqual(found.map(({ before }) => before), [`// more\n${clamp('<=')}${clamp('<')}`, `// more\n${clamp('<')}${clamp('<=')}`]); // prettier-ignore
    });

    it('can be lines that came or went', () => {
      const without = clamp('<').replace(/ {2}if[^}]*}\n/, '');
      assert.deepEqual(
        changesBetween(sources(without), sources(clamp('<'))).map((c) => c.before),
        [],
      ); // 13 tokens
      const shorter = clamp('<').replace('    return low + 0;\n', '');
      const [came] = changesBetween(sources(shorter), sources(clamp('<')));
      assert.equal(came!.before, shorter);
      const [went] = changesBetween(sources(clamp('<')), sources(shorter));
      assert.equal(went!.before, clamp('<'));
    });

    it('are none between equal texts, in other files, in what no one reads, and where a version has many', () => {
      assert.deepEqual(changesBetween(sources(clamp('<')), sources(clamp('<'))), []);
      assert.deepEqual(changesBetween(sources(clamp('<')), sources(`// comment\n${clamp('< ')}`)), []);
      assert.deepEqual(changesBetween(sources(clamp('<=')), sources(clamp('<'), 'other.js')), []);
      const long = `// ${'x'.repeat(400)}\n`;
      assert.deepEqual(changesBetween(sources(clamp('<=') + long), sources(clamp('<') + long)), []);
      assert.deepEqual(changesBetween(sources(clamp('<=').repeat(9)), sources(clamp('<').repeat(9))), []);
    });

    it('count what lies between the first and the last token that differ, not blanks and comments', () => {
      assert.equal(changedTokens('f(a);', 'f( a ) ; // same'), 0);
      assert.equal(changedTokens('f(a);', 'f(b);'), 1);
      assert.equal(changedTokens('f(a);', 'f(a, b);'), 2);
      assert.equal(changedTokens('f(a, b);', 'f(a);'), 2);
    });
  });

  it('come from versions in their order, with a licence that allows it, and without pre-releases', () => {
    const one = (version: string, license: string | undefined = 'MIT', integrity: string | undefined = `sha512-${'A'.repeat(86)}==`): object => ({ name: 'p', version, license, 'dist.integrity': integrity }); // prettier-ignore
    const json = JSON.stringify([one('1.10.0'), one('1.9.0'), one('2.0.0-beta.1'), one('1.9.1', 'GPL-3.0'), { ...one('1.9.2'), 'dist.integrity': undefined }]); // prettier-ignore
    assert.deepEqual(readVersions(json).map((v) => v.version), ['1.9.0', '1.10.0']); // prettier-ignore
    assert.deepEqual(readVersions(JSON.stringify(one('1.0.0'))).map((v) => v.version), ['1.0.0']); // prettier-ignore
    assert.deepEqual(readVersions('npm error 404'), []);
  });

  it('take of a package what node loads: not its tests, and no package that needs others or has no entry', async () => {
    const files = await packageFiles(packed());
    assert.deepEqual([...files!.sources.keys()], ['index.js']);
    assert.deepEqual(files!.entry, { main: 'index.js', esm: false });
    assert.equal(await packageFiles(packed({ dependencies: { other: '1' } })), null);
    assert.equal(await packageFiles(packed({ main: 'gone.js' })), null);
    const both = { type: 'module', exports: { '.': { types: './i.d.ts', import: './lib/size.js' } } };
    assert.deepEqual((await packageFiles(packed(both, 'lib/size.js')))!.entry, { main: 'lib/size.js', esm: true });
  });

  it('are told by what the documentation shows, by the same with other values, and by guesses', () => {
    const offered = [
      { expression: 'api', text: 'function size(bytes) { return bytes; }', methods: [] },
      { expression: 'api.parse', text: 'function parse(text) { return text.slice(-2); }', methods: [] },
      { expression: 'api.Size', text: 'class Size { constructor(bytes) {} }', methods: [{ name: 'in', text: 'in(unit) {}' }] },
    ];
    const about = { name: 'short-size', entry: { esm: false }, readme, offered, changed: "unit === 'gb' || 4096" };
    const found = expressionsAbout(about, Random.seeded(1));
    for (const shown of ['api(2048)', 'api(1500)', "api.parse('1mb')"]) assert.ok(found.includes(shown), shown);
    assert.ok(found.includes('api.parse("gb")'), 'a value that the change is about');
    assert.ok(
      found.some((text) => /^api\(409[567]\)$/.test(text)),
      'one beside a number that it is about',
    );
    assert.ok(
      found.some((text) => /^new api\.Size\([^)]+\)\.in\([^)]+\)$/.test(text)),
      'methods of what it makes',
    );
    assert.ok(
      found.every((text) => /^(?:api(?:\.parse|\.Size)?|new api\.Size)\(/.test(text)),
      'no names of others',
    );
    assert.equal(new Set(found).size, found.length);
    assert.deepEqual(expressionsAbout(about, Random.seeded(1)), found);
  });

  it('become projects whose tests pass, and fail where the change is taken back', async () => {
    const home = await mkdtemp(path.join(os.tmpdir(), 'unmask-histories-test-'));
    try {
      const bytes = packed();
      const version = { name: 'short-size', version: '2.0.0', license: 'MIT', integrity: integrityOf(bytes) };
      await writeFile(path.join(home, tarballName(version)), bytes);
      const files = (await packageFiles(bytes))!;
      const changes = changesBetween(sources(file('floor')), files.sources);
      const tasks = await judged(version, '1.0.0', files, changes, { seed: 1 });
      assert.equal(tasks.length, 1);
      const [task] = tasks;
      assert.equal(task!.line, 8);
      assert.ok(task!.calls.slice(0, task!.failing).every(({ expression }) => expression.startsWith('api(')), 'parsing is not what changed'); // prettier-ignore
      await writeHistoryTasks(home, tasks);
      assert.deepEqual(await readHistoryTasks(home), tasks);
      await assert.rejects(readHistoryTasks(path.join(home, 'none')), /npm run histories/);

      const modules = path.join(__dirname, '../../../../node_modules');
      const set = await historyTaskSet({ folder: home, cache: home, modules }, 5, 1);
      try {
        const [{ file: broken, testFile, broken: text, truth }] = set.tasks as [(typeof set.tasks)[number]];
        assert.equal(await set.copy.read(broken), truth!.original);
        assert.equal(await runTestFile(set.copy.root, testFile), 'passed');
        await set.copy.write(broken, text);
        assert.equal(await runTestFile(set.copy.root, testFile), 'failed');
      } finally {
        await set.copy.dispose();
      }
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });

  it('are none where nothing tells the change, or a name went with another change', async () => {
    const bytes = packed();
    const version = { name: 'short-size', version: '2.0.0', license: 'MIT', integrity: integrityOf(bytes) };
    const files = (await packageFiles(bytes))!;
    const of = (from: string, to: string): ReturnType<typeof changesBetween> =>
      changesBetween(sources(file('round').replace(from, to)), files.sources);
    assert.deepEqual(await judged(version, '1', files, of("'use strict';", "'use asm';"), { seed: 1 }), []);
    assert.deepEqual(await judged(version, '1', files, of('units.kb', 'sizes.kb'), { seed: 1 }), []);
  });
});
