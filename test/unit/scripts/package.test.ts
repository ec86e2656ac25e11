import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { copiedFiles, stage, targets } from '../../../scripts/package/contents';
import { EngineClient } from '../../../src/client';
import { fixResult } from '../../../src/protocol/messages';
import { brokenProject } from '../helpers/broken-project';
import { ensureBundles, root } from '../helpers/bundles';

const isBinary = (file: string): boolean => /\.(node|dll|dylib)$|\.so(\.\d+)*$/.test(file);

interface Manifest {
  readonly main: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

describe('a package', function () {
  this.timeout(120_000);
  let folder: string;
  let files: string[];
  before(() => {
    ensureBundles();
    folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'unmask-stage-')));
    stage('linux-x64', folder);
    files = readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const manifest = (): Manifest => JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;

  it('holds no source, test, map or tool of the checkout', () => {
    const places = new Set(
      files.map((file) =>
        file
          .split('/')
          .slice(0, file.startsWith('node_modules') ? 2 : 1)
          .join('/'),
      ),
    );
    const documents = ['package.json', 'package.nls.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'ThirdPartyNotices.txt'];
    const modules = ['onnxruntime-common', 'onnxruntime-node', 'typescript'].map((name) => `node_modules/${name}`);
    const optional = [...places].filter((place) => /^l10n$|^package\.nls\.[\w-]+\.json$/.test(place));
    assert.deepEqual(
      [...places].sort(),
      [...documents, ...modules, ...optional, 'bin', 'dist', 'media', 'model-assets', 'samples'].sort(),
    );
    // What the language itself declares: without it Refactor's checker knows no array.
    const declarations = (file: string): boolean => /^node_modules\/typescript\/lib\/lib[\w.]*\.d\.ts$/.test(file);
    assert.ok(files.includes('node_modules/typescript/lib/lib.es5.d.ts'));
    assert.deepEqual(
      files.filter(
        (file) =>
          !file.startsWith('samples/node-test/') &&
          !declarations(file) &&
          /\.(ts|map|tsbuildinfo|vsix)$|(^|\/)(test|tests|src)\//.test(file),
      ),
      [],
    );
  });

  it('holds the native binaries of its own platform, and no other', () => {
    const own = 'node_modules/onnxruntime-node/bin/napi-v6/linux/x64';
    assert.deepEqual(files.filter(isBinary).sort(), [`${own}/libonnxruntime.so.1`, `${own}/onnxruntime_binding.node`]);
    for (const target of targets) {
      const [system, processor] = target.split('-') as [string, string];
      const binaries = copiedFiles(target).filter(isBinary);
      assert.ok(
        binaries.some((file) => file.endsWith('onnxruntime_binding.node')),
        target,
      );
      assert.ok(
        binaries.some((file) => /\/(libonnxruntime\.so\.1|onnxruntime\.dll|libonnxruntime\.1\.dylib)$/.test(file)),
        target,
      );
      assert.deepEqual(
        binaries.filter((file) => !file.includes(`/${system}/${processor}/`)),
        [],
      );
    }
  });

  it('holds what its manifest names and what the bundles leave to be loaded', () => {
    const { main, bin, dependencies } = manifest();
    for (const file of [
      main,
      ...Object.values(bin),
      'dist/engine.js',
      'dist/client.js',
      'dist/test-worker.js',
      'dist/refactor-thread.js',
    ])
      assert.ok(existsSync(path.join(folder, file)), file);
    const build = readFileSync(path.join(root, 'scripts', 'build.mjs'), 'utf8');
    const external = /external: \[(.*)\]/
      .exec(build)![1]!
      .split(',')
      .map((name) => name.trim().replaceAll("'", ''));
    assert.deepEqual(Object.keys(dependencies).sort(), external.sort());
    const from = createRequire(path.join(folder, 'dist', 'engine.js'));
    for (const name of Object.keys(dependencies)) assert.ok(from.resolve(name).startsWith(folder + path.sep), name);
  });

  it('names whoever wrote what is in it, with their terms', () => {
    const notices = readFileSync(path.join(folder, 'ThirdPartyNotices.txt'), 'utf8');
    const named = new Map([...notices.matchAll(/^-{80}\n(\S+) (\d\S*) \((.+)\)$/gm)].map((found) => [found[1]!, found[2]!]));
    const { dependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;
    // What the bundles import of the manifest's own is in them, and so is what that needs.
    for (const name of [
      'onnxruntime-node',
      'onnxruntime-common',
      'typescript',
      'zod',
      'diff',
      '@huggingface/jinja',
      'zrender',
      'fdir',
    ])
      assert.ok(named.has(name), name);
    for (const [name, version] of Object.entries(dependencies)) if (named.has(name)) assert.equal(named.get(name), version);
    for (const name of ['eslint', 'mocha', 'esbuild', 'prettier']) assert.ok(!named.has(name), `${name} only builds`);
    assert.ok(notices.split('Permission is hereby granted').length > 20);
  });

  it('runs where it lies: the engine completes and asks its language service, the command line fixes', async function () {
    if (process.platform !== 'linux' || process.arch !== 'x64') this.skip();
    const engine = new EngineClient({ enginePath: path.join(folder, 'dist', 'engine.js'), device: 'cpu' });
    try {
      const gap = { prefix: 'for (let i = 0; i < ', suffix: '; i++) {\n  use(list[i]);\n}\n' };
      const { text } = await engine.complete({ ...gap, languageId: 'javascript', minConfidence: 0, demanded: true });
      assert.ok(text);
      const file = path.join(folder, 'samples', 'node-test', 'src', 'new.js');
      const overlays = { [file]: 'const answer = 42;' };
      const { offers } = await engine.refactorOffers({ file, overlays, range: { start: 6, end: 12 } });
      assert.ok(offers.some(({ title }) => title === 'Organize imports'));
    } finally {
      await engine.dispose();
    }
    const project = brokenProject();
    try {
      const args = [path.join(folder, 'bin', 'unmask.js'), 'fix', project.file, '--device', 'cpu', '--json'];
      const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: project.root, encoding: 'utf8' });
      assert.equal(fixResult.parse(JSON.parse(stdout)).status, 'fixed', stdout + stderr);
    } finally {
      project.dispose();
    }
  });
});
