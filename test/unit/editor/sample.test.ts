import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { copySample, sampleFault } from '../../../src/editor/walkthrough/sample';
import { root } from '../helpers/bundles';

describe("the walkthrough's sample", () => {
  let parent: string;
  beforeEach(() => {
    parent = mkdtempSync(path.join(os.tmpdir(), 'unmask-sample-test-'));
  });
  afterEach(() => {
    rmSync(parent, { recursive: true, force: true });
  });

  it('is copied whole, and needs nothing that is not in it', async () => {
    const folder = await copySample(root, path.join(parent, 'new'));
    const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
    assert.deepEqual([manifest['dependencies'], manifest['devDependencies']], [undefined, undefined]);
    assert(
      readFileSync(path.join(folder, sampleFault.file), 'utf8').includes(sampleFault.text),
      'the fault is where it is looked for',
    );
    assert(existsSync(path.join(folder, 'test', 'paging.test.js')));
  });

  it('never touches a copy that is there already', async () => {
    const first = await copySample(root, parent);
    const file = path.join(first, sampleFault.file);
    writeFileSync(file, '// mine\n');
    const second = await copySample(root, parent);
    assert.notEqual(second, first);
    assert.equal(readFileSync(file, 'utf8'), '// mine\n');
  });
});
