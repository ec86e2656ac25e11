import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { Worker } from 'node:worker_threads';
import { loadTypescript } from '../../../../src/edits/source';
import { IdleThread } from '../../../../src/engine/refactor/idle';
import { Declarations } from '../../../../src/engine/refactor/language/declarations';
import { openProject } from '../../../../src/engine/refactor/language/project';
import { normal } from '../../../../src/engine/refactor/language/questions';
import { openThread, type ProjectThread } from '../../../../src/engine/refactor/thread';
import { exitCodes } from '../../../../src/protocol/errors';
import { methods } from '../../../../src/protocol/messages';
import { until } from '../../helpers/processes';
import { RawEngine } from '../../helpers/raw-engine';
import { project, type TestProject } from './project';

const nothing = { start: 0, end: 0 };
const files = {
  'tsconfig.json': '{ "compilerOptions": { "strict": true, "types": [] } }',
  'value.ts': 'export const value = 1;\n',
  'user.ts': "import { value } from './value';\nexport const used = value;\n",
};

describe('the thread that waits for the next project', function () {
  this.timeout(120_000);
  let where: TestProject;
  let idle: IdleThread;
  const started: Worker[] = [];
  const onWorker = (worker: Worker): void => void started.push(worker);
  const left = (): number => started.filter(({ threadId }) => threadId !== -1).length;

  beforeEach(() => {
    where = project(files);
    idle = new IdleThread();
    started.length = 0;
    process.on('worker', onWorker);
  });
  afterEach(async () => {
    process.off('worker', onWorker);
    await idle.end();
    where.dispose();
  });

  const open = (overlays = {}, signal = new AbortController().signal, name = 'user.ts'): Promise<ProjectThread> =>
    openThread({ file: where.file(name), overlays }, signal, idle);
  /** What the checker says to a use of the value as a string. */
  const problemsOf = async (thread: ProjectThread): Promise<string[]> => {
    const file = normal(where.file('user.ts'));
    const edits = [{ start: 0, end: 0, text: "import { value as v } from './value';\nexport const text: string = v;\n" }];
    const found = await thread.ask('newProblems', [{ title: 'Use', origin: 'service', files: [{ file, edits }] }]);
    return found.map(({ message }) => message);
  };

  it('serves one project after the other, and each sees the texts of its own time', async () => {
    const [user, value] = [normal(where.file('user.ts')), normal(where.file('value.ts'))];
    const seen: unknown[] = [];
    const look = async (overlays = {}): Promise<void> => {
      const thread = await open(overlays);
      const texts = await thread.textsOf([user, value]);
      seen.push([texts.get(user), texts.get(value), await problemsOf(thread)]);
      await thread.close();
    };
    await look();
    const wrong = "Type 'number' is not assignable to type 'string'.";
    assert.deepEqual(seen.pop(), [files['user.ts'], files['value.ts'], [wrong]]);

    writeFileSync(value, "export const value = 'one';\n");
    await look({ [where.file('user.ts')]: '// unsaved\n' });
    assert.deepEqual(seen.pop(), ['// unsaved\n', "export const value = 'one';\n", []]);

    await look({ [where.file('value.ts')]: 'export const value = true;\n' });
    const other = "Type 'boolean' is not assignable to type 'string'.";
    assert.deepEqual(seen.pop(), [files['user.ts'], 'export const value = true;\n', [other]]);

    writeFileSync(value, 'export const value = 2;\n');
    await look();
    assert.deepEqual(seen.pop(), [files['user.ts'], 'export const value = 2;\n', [wrong]]);
    assert.deepEqual([started.length, left()], [1, 1]);
  });

  it('is one: whoever comes meanwhile has a thread of his own, which ends', async () => {
    const [first, second] = await Promise.all([open(), open()]);
    assert.equal(started.length, 2);
    await Promise.all([first.ask('offers', normal(where.file('user.ts')), nothing), problemsOf(second)]);
    await Promise.all([first.close(), second.close()]);
    assert.equal(left(), 1);
    await (await open()).close();
    assert.equal(started.length, 2);
  });

  it('ends by itself after its time, and the next one is new', async () => {
    idle = new IdleThread(300);
    await (await open()).close();
    assert.equal(left(), 1);
    await until('it has ended', () => left() === 0);
    const thread = await open();
    assert.equal(started.length, 2);
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal((await problemsOf(thread)).length, 1, 'the time of the last one does not end this one');
    await thread.close();
  });

  it('ends with what is called off, and the next request works', async () => {
    await (await open()).close();
    const abort = new AbortController();
    const thread = await open({}, abort.signal);
    const asked = problemsOf(thread);
    const reason = new Error('called off');
    abort.abort(reason);
    await assert.rejects(asked, (error) => error === reason);
    await thread.close();
    assert.deepEqual([started.length, left()], [1, 0]);

    const next = await open();
    assert.equal((await problemsOf(next)).length, 1);
    await next.close();
    assert.deepEqual([started.length, left()], [2, 1]);
  });

  it('ends with what is called off while it is taken', async () => {
    await (await open()).close();
    const abort = new AbortController();
    const opening = open({}, abort.signal);
    abort.abort(new Error('called off'));
    await assert.rejects(opening, /called off/);
    assert.equal(left(), 0);
  });

  it('has nothing to do any more with whom it served', async () => {
    const abort = new AbortController();
    const first = await open({}, abort.signal);
    await first.close();
    const second = await open();
    abort.abort();
    await first.end();
    await assert.rejects(first.ask('texts', []), /closed/);
    assert.equal((await problemsOf(second)).length, 1);
    await second.close();
    assert.deepEqual([started.length, left()], [1, 1]);
  });

  it('is none in which something has failed, or that has died', async () => {
    const failed = await open();
    await assert.rejects(failed.ask('offers', `${failed.root}/none.ts`, nothing), /none\.ts/);
    await failed.close();
    assert.equal(left(), 0);

    await (await open()).close();
    await started[1]!.terminate();
    const thread = await open();
    assert.equal((await problemsOf(thread)).length, 1);
    await thread.close();
    assert.deepEqual([started.length, left()], [3, 1]);
  });

  it('does not hold up the end of the engine', async () => {
    const engine = new RawEngine();
    try {
      await engine.initialize();
      const target = { file: where.file('user.ts'), range: nothing };
      assert((await engine.request(2, methods.refactorOffers, target)).result);
      const asked = performance.now();
      assert.equal((await engine.request(3, methods.shutdown, {})).result, null);
      assert.deepEqual(await engine.exited, { code: exitCodes.orderly, signal: null });
      assert(performance.now() - asked < 3_000, 'it did not wait');
    } finally {
      await engine.dispose();
    }
  });

  it("keeps the language's own declarations of a project, and no other file", () => {
    const api = loadTypescript();
    const declarations = new Declarations(api);
    const look = (): { readonly lib: unknown; readonly kept: readonly string[] } => {
      const view = openProject(api, where.file('user.ts'), {}, declarations);
      view.problems(normal(where.file('user.ts')));
      const program = view.service.getProgram()!;
      const registry = declarations.registryFor(program.getCompilerOptions());
      const lib = program.getSourceFiles().find(({ fileName }) => fileName.endsWith('/lib.es5.d.ts'));
      view.dispose();
      // Its public report leaves all of them out.
      const all = registry as typeof registry & { getBuckets(): Map<string, Map<string, unknown>> };
      return { lib, kept: [...all.getBuckets().values()].flatMap((bucket) => [...bucket.keys()]) };
    };
    const [first, second] = [look(), look()];
    assert(first.lib && first.lib === second.lib, 'parsed once');
    assert(first.kept.length > 0 && first.kept.every((name) => /\/lib\.[\w.]*d\.ts$/.test(name)), first.kept.join());
    assert.deepEqual(second.kept, first.kept);
  });
});
