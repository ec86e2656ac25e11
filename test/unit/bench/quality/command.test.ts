import assert from 'node:assert/strict';
import path from 'node:path';
import { resultSchema } from '../../../../src/bench/quality/job';
import { root } from '../../helpers/bundles';
import { onlyObject, runCli } from '../../helpers/run-cli';

const nowhere = path.join(root, 'test', 'no-such-corpus');

describe('unmask bench quality', function () {
  this.timeout(300_000);

  it('measures the embedded model on a folder, n-grams beside it', async () => {
    const samples = path.join(root, 'samples', 'src');
    const run = await runCli(['bench', 'quality', '--quick', '--json', '--files', samples, '--corpus', nowhere]);
    assert.equal(run.code, 0, run.stderr);
    const r = resultSchema.parse(onlyObject(run));
    assert.ok(r.ngram && r.model.bits && r.model.ghost, 'without --parts all is measured');
    assert.equal(r.ngram.trainedOn, 'the samples');
    assert.ok(r.ngram.characters > 5000 && r.text.documents >= 14);
    // The embedded model has learnt something: less than the three bits or so of English letters by frequency, but not nothing.
    const { perCharacter, characters } = r.model.bits.diffusion;
    assert.ok(perCharacter > 0.3 && perCharacter < 3.5, `${perCharacter}`);
    assert.ok(characters > 3000);
    const ways = new Set(r.model.infill.map((row) => `${row.length} ${String(row.steps)}`));
    assert.deepEqual([...ways], ['told 1', 'told 4', 'told each', 'told threshold', 'searched threshold', 'checked threshold']);
    for (const row of [...r.model.infill, ...r.ngram.infill]) {
      assert.equal(row.exact.of, r.tasks[row.kind]);
      assert.equal(row.parses === null, row.kind !== 'three_lines');
    }
    const three = (length: string): number => r.model.infill.find((row) => row.length === length && row.steps === 'threshold' && row.kind === 'three_lines')!.parses!.hits; // prettier-ignore
    assert.ok(three('checked') > three('searched'), `${three('checked')} parse with a check, ${three('searched')} without`);
    const one = r.model.infill.find((row) => row.steps === 1 && row.kind === 'line')!;
    const each = r.model.infill.find((row) => row.steps === 'each' && row.kind === 'line')!;
    assert.equal(one.meanSteps, 1);
    assert.ok(each.meanSteps! > 2);
    const { ghost } = r.model;
    assert.equal(ghost.calibration.judged + ghost.silent, ghost.asked);
  });

  it('measures no more than the parts that it is asked for', async () => {
    const samples = path.join(root, 'samples', 'src');
    const run = await runCli([
      'bench',
      'quality',
      '--quick',
      '--json',
      '--files',
      samples,
      '--corpus',
      nowhere,
      '--parts',
      'checked',
      '--int8',
    ]);
    assert.equal(run.code, 0, run.stderr);
    const r = resultSchema.parse(onlyObject(run));
    assert.ok(!r.ngram && !r.model.bits && !r.model.ghost && !r.model.mistakes && !r.model.proofreading);
    assert.deepEqual([...new Set(r.model.infill.map((row) => row.length))], ['checked']);
    assert.deepEqual(r.int8?.infill.map((row) => row.kind), r.model.infill.map((row) => row.kind)); // prettier-ignore
    const wrong = await runCli(['bench', 'quality', '--parts', 'everything']);
    assert.ok(wrong.code !== 0 && wrong.stderr.includes('proofreading'), wrong.stderr);
  });

  it('without a corpus: names the command that makes one', async () => {
    const run = await runCli(['bench', 'quality', '--quick', '--json', '--corpus', nowhere]);
    assert.equal(run.code, 2);
    assert.match(run.stdout + run.stderr, /npm run data/);
  });
});
