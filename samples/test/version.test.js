'use strict';
const assert = require('node:assert/strict');
const { parseVersion, compareVersions, bump, satisfies, newest } = require('../src/version');

describe('version', () => {
  it('reads versions', () => {
    assert.deepEqual(parseVersion('1.4.20'), { major: 1, minor: 4, patch: 20, tag: '' });
    assert.deepEqual(parseVersion('v2.0.1-beta.2'), { major: 2, minor: 0, patch: 1, tag: 'beta.2' });
    assert.equal(parseVersion('1.4'), null);
    assert.equal(parseVersion('one'), null);
  });

  it('compares numbers, not text', () => {
    assert.ok(compareVersions('1.10.0', '1.9.0') > 0);
    assert.ok(compareVersions('1.9.9', '2.0.0') < 0);
    assert.ok(compareVersions('1.2.3', '1.2.4') < 0);
    assert.ok(compareVersions('3.0.0', '2.9.9') > 0);
    assert.equal(compareVersions('1.2.3', 'v1.2.3'), 0);
  });

  it('puts tagged versions before the plain one', () => {
    assert.ok(compareVersions('1.0.0-beta', '1.0.0') < 0);
    assert.ok(compareVersions('1.0.0', '1.0.0-beta') > 0);
    assert.ok(compareVersions('1.0.0-alpha', '1.0.0-beta') < 0);
    assert.ok(compareVersions('1.0.0-rc', '1.0.0-beta') > 0);
    assert.equal(compareVersions('1.0.0-rc', '1.0.0-rc'), 0);
  });

  it('bumps a part', () => {
    assert.equal(bump('1.2.3', 'major'), '2.0.0');
    assert.equal(bump('1.2.3', 'minor'), '1.3.0');
    assert.equal(bump('1.2.3', 'patch'), '1.2.4');
  });

  it('says what satisfies', () => {
    assert.equal(satisfies('1.4.0', '1.2.9'), true);
    assert.equal(satisfies('1.2.9', '1.2.9'), true);
    assert.equal(satisfies('1.2.8', '1.2.9'), false);
    assert.equal(satisfies('2.0.0', '1.2.9'), false);
    assert.equal(satisfies('nonsense', '1.2.9'), false);
    assert.equal(satisfies('1.2.9', 'nonsense'), false);
  });

  it('picks the newest', () => {
    assert.equal(newest(['1.9.0', '1.10.0', '2.0.0-rc', '1.2.0']), '1.10.0');
    assert.equal(newest(['1.9.0', '2.0.0-rc'], true), '2.0.0-rc');
    assert.equal(newest(['2.0.0-rc']), undefined);
    assert.equal(newest([]), undefined);
  });
});
