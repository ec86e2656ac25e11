import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nameRedactor, pathRedactor, withoutCode, type Places } from '../../../src/editor/diagnostics/redact';
import { report, type Choices, type Facts, type ReportWords } from '../../../src/editor/diagnostics/report';
import { settingIn } from '../../../src/editor/status/setting-in';

/** Names that are in no other text of these tests, so that finding one afterwards means that it was told. */
const secret = fc.stringMatching(/^[a-z]{4,8}$/).map((name) => `zq${name}qz`);
const segment = fc.oneof(secret, fc.tuple(secret, secret).map((pair) => pair.join(' ')), secret.map((name) => `${name}.js`)); // prettier-ignore
const posix = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
const windows = fc
  .tuple(fc.constantFrom('C', 'd'), fc.array(segment, { minLength: 1, maxLength: 4 }))
  .map(([drive, parts]) => `${drive}:\\${parts.join('\\')}`);
const share = fc.array(segment, { minLength: 2, maxLength: 4 }).map((parts) => `\\\\${parts.join('\\')}`);
const anyPath = fc.oneof(posix, windows, share);

/** Ways in which programs write a path. */
const writing: readonly ((path: string) => string)[] = [
  (path) => `'${path}'`,
  (path) => `"${path}"`,
  (path) => JSON.stringify({ file: path }),
  (path) => `at run (${path}:12:3)`,
  (path) => `"${addressOf(path)}"`,
  (path) => `at ${addressOf(path)}:3:4`,
  (path) => `at ${addressOf(path).replace('file:///', 'vscode-remote://ssh-remote%2Bbox/')}`,
];
/** Without quotes a blank ends a path, unless a separator follows: a path that ends in a blank's other half can't be told from prose. */
const bare: readonly ((path: string) => string)[] = [
  (path) => `Error: ENOENT: no such file or directory, open ${path}`,
  (path) => `${path}: fixed`,
  (path) => `model=${path}, adapter=`,
];

function addressOf(path: string): string {
  const forward = path.replaceAll('\\', '/');
  if (forward.startsWith('//')) return `file:${encodeURI(forward)}`; // a share: its server is the address's
  return `file:///${forward.replace(/^\//, '').split('/').map(encodeURIComponent).join('/')}`;
}

const noPlaces: Places = { home: '/home/nobody-here', workspaces: [], extension: '/opt/unmask-here', user: 'root', host: '' };
const tellsSecret = (text: string): boolean => /zq[a-z]+qz/.test(text);

describe('diagnostics: paths', () => {
  it('no absolute path survives, however it is written', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyPath, fc.constantFrom(...writing)), { maxLength: 4 }), (found) => {
        const text = found.map(([path, write]) => `2024 [info] told: ${write(path)} and more\n`).join('');
        const redacted = pathRedactor(noPlaces)(text);
        assert(!tellsSecret(redacted), redacted);
      }),
    );
    const unspaced = anyPath.filter((path) => !path.includes(' '));
    fc.assert(
      fc.property(unspaced, fc.constantFrom(...bare), (path, write) => {
        const redacted = pathRedactor(noPlaces)(`told: ${write(path)}`);
        assert(!tellsSecret(redacted), redacted);
      }),
    );
  });

  it('home, workspace and the folder of Unmask have names, in every spelling, and what lies below them stays readable', () => {
    fc.assert(
      fc.property(
        anyPath,
        fc.constantFrom(...writing),
        fc.constantFrom('home', 'workspace', 'extension'),
        (root, write, which) => {
          const separator = root.includes('\\') ? '\\' : '/';
          const places: Places = {
            ...noPlaces,
            ...(which === 'home' ? { home: root } : which === 'workspace' ? { workspaces: [root] } : { extension: root }),
          };
          const redacted = pathRedactor(places)(`told: ${write(`${root}${separator}src${separator}cart.js`)}`);
          assert(!tellsSecret(redacted), redacted);
          assert(redacted.includes({ home: '~', workspace: '<workspace>', extension: '<unmask>' }[which]), redacted);
          assert(redacted.includes('cart.js'), redacted);
        },
      ),
    );
  });

  it('a workspace below home is the workspace; a folder whose name only begins like home is not home', () => {
    const places = { ...noPlaces, home: '/home/ada', workspaces: ['/home/ada/shop'] };
    assert.equal(pathRedactor(places)('in /home/ada/shop/src/a.js'), 'in <workspace>/src/a.js');
    assert.equal(pathRedactor(places)('in /home/ada/.config'), 'in ~/.config');
    assert.equal(pathRedactor(places)('in /home/adam/.config'), 'in <path>');
  });

  it('leaves alone what is no absolute path', () => {
    for (const text of [
      ...[
        '1/2 of it',
        'and/or',
        'https://example.org/a/b?c=d',
        'src/cart.js',
        './src',
        '~/x/y',
        '<workspace>/src/a.js',
        '12:30:01',
      ],
      ...['Apache/2.0', 'a - b / c', 'application/json', '2024-01-01T00:00:00.000Z [info] Activated in 3.1 ms.'],
    ])
      assert.equal(pathRedactor(noPlaces)(text), text);
  });

  it('takes the names of user and machine out, but not words that everyone has', () => {
    const text = 'ada on lovelace-box ran node';
    assert.equal(nameRedactor({ ...noPlaces, user: 'ada', host: 'lovelace-box' })(text), '<user> on <host> ran node');
    assert.equal(nameRedactor({ ...noPlaces, user: 'node', host: 'elsewhere' })(text), text);
  });
});

describe('diagnostics: report', () => {
  const words: ReportWords = {
    ...{ title: 'Title', sent: 'Not sent.', versions: 'Versions', system: 'System', engine: 'Engine', settings: 'Settings' },
    ...{ noSettings: 'None.', set: 'set', log: 'Log', leftOut: '(left out)', code: 'Code' },
  };
  const facts: Facts = {
    versions: [['Unmask', '1.2.3']],
    system: [['system', 'Linux']],
    engine: {
      state: 'ready',
      problem: undefined,
      info: {
        protocol: 1,
        version: '1.2.3',
        model: { id: 'unmask-tiny', parameters: 5_900_000, maxSequence: 512, capabilities: ['infill'] },
        device: { inUse: 'cpu', asked: 'auto', description: 'A processor', reason: 'no GPU device was found (/dev/dri)' },
        readyMs: 900,
      },
      health: undefined,
    },
    settings: [
      { name: 'unmask.fix.testCommand', value: 'TOKEN=hunter2 npm test', free: true, where: 'user' },
      { name: 'unmask.fix.budget', value: 'deep', free: false, where: 'workspace' },
    ],
    log: [],
    code: undefined,
    sources: [],
  };
  const none: Choices = { paths: false, log: true, code: false };

  /** Lines of code as people write them: each holds something of its own. */
  const code = fc.array(secret.map((name) => `  const ${name} = read(${name}, 1);`), { minLength: 1, maxLength: 6 }); // prettier-ignore

  it('holds no line of an open document and no absolute path, wherever the log repeats one', () => {
    fc.assert(
      fc.property(code, fc.array(posix), fc.nat(5), (lines, paths, at) => {
        const log = [
          ...lines.map((line) => `2024 [warn] the test says: ${line.trim()}`),
          ...paths.map((path) => `2024 [info] opened "${path}"`),
          `2024 [error] Unexpected token in \`${lines[at % lines.length]!}\``,
        ];
        const text = report({ ...facts, log, code: lines.join('\n'), sources: [lines.join('\r\n')] }, none, noPlaces, words);
        assert(!tellsSecret(text), text);
      }),
    );
  });

  it('holds them where the user says so', () => {
    const chosen: Choices = { paths: true, log: true, code: true };
    const text = report({ ...facts, log: ['opened /zq/one.js'], code: 'const two = 2;', sources: ['const two = 2;'] }, chosen, noPlaces, words); // prettier-ignore
    for (const part of ['/zq/one.js', 'const two = 2;', 'TOKEN=hunter2']) assert(text.includes(part), part);
  });

  it('names settings of free text without saying what they hold', () => {
    const text = report(facts, none, noPlaces, words);
    assert(!text.includes('hunter2') && text.includes('`unmask.fix.testCommand`: set (user)'));
    assert(text.includes('`unmask.fix.budget`: `"deep"` (workspace)'));
    assert(text.includes('unmask-tiny') && text.includes('A processor'));
  });

  it('keeps lines that hold no code', () => {
    assert.deepEqual(withoutCode(['Activated in 3 ms.', '  x = f(a, b);  '], ['}\n', 'x = f(a,b);'], '-'), [
      'Activated in 3 ms.',
      '-',
    ]);
  });
});

describe('the setting that a problem names', () => {
  it('is found in the messages of the engine and the client', () => {
    assert.equal(settingIn('There is no Node at /x. Correct or clear the setting "unmask.nodePath".'), 'unmask.nodePath');
    assert.equal(settingIn('Raise "unmask.fix.budget".'), 'unmask.fix.budget');
    assert.equal(settingIn('Run "Unmask: Restart Engine" to try again'), undefined);
  });
});
