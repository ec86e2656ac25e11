import assert from 'node:assert/strict';
import { testReward, type TestTask } from '../../../../src/training/rewards/tests';
import { createVerifier, findProject, type Verifier } from '../../../../src/workspace';
import { brokenProject, type BrokenProject } from '../../helpers/broken-project';
import { buildRuntime } from '../../workspace/support';

const gap = 'Math.min(0, place - half)';

describe('test reward', () => {
  let broken: BrokenProject;
  let verifier: Verifier;
  let task: TestTask;

  before(async function () {
    this.timeout(60_000);
    buildRuntime();
    broken = brokenProject();
    const project = await findProject(broken.file);
    assert.ok(project);
    // Sound for the first test alone.
    const overlays = { [broken.file]: broken.source.replace(gap, 'place - half') };
    verifier = await createVerifier({ project, overlays, workers: 1 });
    const at = broken.source.indexOf(gap);
    const tests = verifier.baseline.tests.map(({ id }) => id);
    task = { file: 'src/seats.js', prefix: broken.source.slice(0, at), suffix: broken.source.slice(at + gap.length), tests };
  });
  after(async () => {
    await verifier.dispose();
    broken.dispose();
  });

  const failing = (): TestTask => {
    const states = new Map(verifier.baseline.tests.map((t) => [t.id, t.state]));
    return { ...task, tests: task.tests.filter((id) => states.get(id) === 'failed') };
  };

  it('is the share of the target tests that pass', async () => {
    const reward = testReward({ verifier });
    assert.equal(task.tests.length, 2);
    assert.equal((await reward.score(task, 'place - half')).total, 0.5);
    const right = await reward.score(task, 'Math.max(0, place - half)');
    assert.deepEqual(right, { total: 1, parts: { passed: 1, parsed: 1, refused: 0, broke: 0, ended: 0 } });
  });

  it('is nothing where a test that passed before is broken', async () => {
    const reward = testReward({ verifier });
    const { total, parts } = await reward.score(failing(), 'Math.max(0, 1 - half)');
    assert.equal(failing().tests.length, 1);
    assert.equal(total, 0);
    assert.equal(parts['broke'], 1);
  });

  it('is nothing for what does not parse, whether or not that is looked at first', async () => {
    assert.equal((await testReward({ verifier }).score(task, 'Math.max(0,')).total, 0);
    const never = testReward({ verifier, parses: () => false });
    assert.deepEqual(await never.score(task, 'Math.max(0, place - half)'), {
      total: 0,
      parts: { passed: 0, parsed: 0, refused: 0, broke: 0, ended: 0 },
    });
  });

  it('is nothing for touching a test, even if all pass', async () => {
    const cheat = testReward({
      verifier,
      edit: (t, completion) => new Map([[t.file, t.prefix + completion + t.suffix], ['test/seats.test.js', '']]), // prettier-ignore
    });
    const { total, parts } = await cheat.score(task, 'Math.max(0, place - half)');
    assert.equal(total, 0);
    assert.equal(parts['refused'], 1);
  });

  it('a loop without end is ended, and passes nothing', async () => {
    const reward = testReward({ verifier, milliseconds: 1000 });
    const { total, parts } = await reward.score(task, '(() => { for (;;); })()');
    assert.equal(total, 0);
    assert.equal(parts['ended'], 1);
  });

  it('a completion that holds no candidate gets nothing', async () => {
    assert.equal((await testReward({ verifier, edit: () => null }).score(task, 'x')).total, 0);
  });
});
