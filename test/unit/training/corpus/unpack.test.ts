import assert from 'node:assert/strict';
import { isPermissive, parseManifest } from '../../../../src/training/corpus/manifest';
import { unpack } from '../../../../src/training/corpus/unpack';
import { tarball } from './tarballs';

const all = (): boolean => true;

describe('unpacking a tarball', () => {
  it('gives plain files by their paths, and passes over what leads elsewhere', async () => {
    const bytes = tarball([
      { path: 'package/b.js', text: 'b' },
      { path: 'package/a/c.js', text: 'c' },
      { path: 'package', type: 'Directory' },
      { path: '../package/up.js', text: 'x' },
      { path: 'package/../../up.js', text: 'x' },
      { path: '/etc/absolute.js', text: 'x' },
      { path: 'package/back\\slash.js', text: 'x' },
      { path: 'package/link.js', type: 'SymbolicLink', linkpath: '/etc/passwd' },
      { path: 'package/large.js', text: 'x'.repeat(2000) },
    ]);
    const found = await unpack(bytes, all, { entries: 100, total: 1e6, file: 1000 });
    assert.deepEqual(
      found.files.map((f) => [f.path, f.bytes.toString()]),
      [
        ['a/c.js', 'c'],
        ['b.js', 'b'],
      ],
    );
    const { passedOver } = found;
    assert.deepEqual(passedOver.filter((p) => p.reason === 'large'), [{ path: 'large.js', reason: 'large' }]); // prettier-ignore
    assert.equal(passedOver.length, 5);
  });

  it('refuses archives beyond the limits, and damaged ones', async () => {
    const many = tarball(Array.from({ length: 20 }, (_, i) => ({ path: `package/${i}.js`, text: 'x'.repeat(100) })));
    await assert.rejects(unpack(many, all, { entries: 10, total: 1e6, file: 1e6 }), /more than 10 files/);
    await assert.rejects(unpack(many, all, { entries: 100, total: 1000, file: 1e6 }), /1000 bytes/);
    await assert.rejects(unpack(many.subarray(0, many.length / 2), all), /damaged/);
    await assert.rejects(unpack(Buffer.from('no archive at all'), all), /damaged/);
  });
});

describe('manifest of packages', () => {
  const entry = {
    name: 'a',
    version: '1.0.0',
    license: 'MIT',
    integrity: `sha512-${'A'.repeat(86)}==`,
    split: 'train',
  };
  const text = (...packages: object[]): string => JSON.stringify({ version: 1, packages });

  it('is read in the order of names, and refused where it says what it may not', () => {
    assert.deepEqual(parseManifest(text({ ...entry, name: 'b' }, entry)).packages.map((p) => p.name), ['a', 'b']); // prettier-ignore
    assert.throws(() => parseManifest(text(entry, entry)), /lists a twice/);
    assert.throws(() => parseManifest(text({ ...entry, license: 'GPL-3.0-only' })), /GPL-3.0-only, is not permissive/);
    assert.throws(() => parseManifest(text({ ...entry, version: '^1.0.0' })), /no exact version/);
    assert.throws(() => parseManifest(text({ ...entry, name: '../a' })), /no name of a package/);
    assert.throws(() => parseManifest(text({ ...entry, integrity: 'sha1-abc' })), /SHA-512/);
  });

  it('understands expressions of licences', () => {
    assert.deepEqual(
      ['MIT', 'MIT OR GPL-3.0', '(MIT OR GPL-3.0)', 'MIT AND GPL-3.0', 'MIT AND ISC', 'UNLICENSED', '(A OR (MIT))'].map(
        isPermissive,
      ),
      [true, true, true, false, true, false, false],
    );
  });
});
