import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isPermissive, noticesOf } from '../../../scripts/package/notices';

describe('third-party notices', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(os.tmpdir(), 'unmask-notices-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });
  const add = (name: string, license: string | undefined, files: Readonly<Record<string, string>>): string => {
    const folder = path.join(root, 'node_modules', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name, version: '1.2.3', license }));
    for (const [file, text] of Object.entries(files)) writeFileSync(path.join(folder, file), text);
    return `node_modules/${name}`;
  };

  it('hold name, version, licence and texts of each package, once', () => {
    const folders = [
      add('later', 'ISC', { 'LICENSE.md': 'the terms\r\nof later\r\n', NOTICE: 'and a notice', 'license.js': 'no text' }),
      add('@a/first', '(GPL-3.0-only OR MIT)', { COPYING: 'the terms of first' }),
    ];
    const text = noticesOf(root, [...folders, ...folders]);
    assert.match(text, /-{80}\n@a\/first 1\.2\.3 \(\(GPL-3\.0-only OR MIT\)\)\n\nthe terms of first\n\n-{80}\nlater 1\.2\.3 \(ISC\)\n\nthe terms\nof later\n\nand a notice\n$/); // prettier-ignore
  });

  it('are refused for a licence that is not permissive, for none, and for one without its text', () => {
    const folders = [
      add('viral', 'AGPL-3.0-only', { LICENSE: 'x' }),
      add('nameless', undefined, { LICENSE: 'x' }),
      add('wordless', 'MIT', {}),
      add('fine', 'MIT', { LICENSE: 'x' }),
    ];
    assert.throws(() => noticesOf(root, folders), (error: Error) => {
      for (const words of ['viral 1.2.3 has the licence AGPL-3.0-only', 'nameless 1.2.3 has the licence (none)', 'wordless 1.2.3 comes without the text'])
        assert.ok(error.message.includes(words), words);
      return !error.message.includes('fine');
    }); // prettier-ignore
  });

  it('read expressions of licences', () => {
    for (const good of ['MIT', '(MIT)', 'MIT OR GPL-2.0', 'MIT AND BSD-3-Clause', '(GPL-2.0 OR (MIT AND ISC))'])
      assert.ok(isPermissive(good), good);
    for (const bad of [
      '',
      'GPL-2.0',
      'MIT AND GPL-2.0',
      '(MIT',
      'MIT)',
      'MIT WITH Some-exception',
      'SEE LICENSE IN LICENSE',
      'UNLICENSED',
      'ISC AND (GPL-2.0 OR LGPL-3.0)',
    ])
      // prettier-ignore
      assert.ok(!isPermissive(bad), bad);
  });
});
