import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { findSoundFiles, readBugs, runTestFile } from '../../../src/bench/fix/samples';

const samples = path.join(__dirname, '..', '..', '..', 'samples');

describe('samples', () => {
  it('lists at least six broken files, each once, and tests for them', async () => {
    const bugs = await readBugs(samples);
    assert.ok(bugs.length >= 6);
    assert.equal(new Set(bugs.map((bug) => bug.file)).size, bugs.length);
  });

  it('has a test file beside every source', async () => {
    for (const folder of ['', 'node-test']) {
      const sources = await readdir(path.join(samples, folder, 'src'));
      const tests = await readdir(path.join(samples, folder, 'test'));
      assert.deepEqual(tests.sort(), sources.map((name) => name.replace(/\.js$/, '.test.js')).sort());
    }
  });

  it('fails the tests of every broken file', async () => {
    for (const bug of await readBugs(samples)) assert.equal(await runTestFile(samples, bug.testFile), 'failed', bug.file);
  }).timeout(60_000);

  it('passes the tests of every sound file', async () => {
    const sound = await findSoundFiles(samples);
    assert.ok(sound.length >= 8);
    for (const file of sound) assert.equal(await runTestFile(samples, file.testFile), 'passed', file.file);
  }).timeout(60_000);
});
