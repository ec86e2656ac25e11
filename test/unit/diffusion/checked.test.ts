import { strict as assert } from 'node:assert';
import { syntaxCheck } from '../../../src/engine/completion/syntax';
import { useEmbeddedModel } from '../helpers/embedded-model';

describe('infill with a check', function () {
  this.timeout(120_000);
  const loaded = useEmbeddedModel();

  const gap = {
    prefix: 'function sum(values) {\n  let total = 0;\n  for (const value of values) ',
    suffix: '\n  return total;\n}\n',
  };

  it('where no fault is found, is the infill of three samples, and nothing is denoised again', async () => {
    const asked: string[] = [];
    const check = { faultsOf: (fill: string) => (asked.push(fill), []), needsAfter: () => assert.fail('nothing needs it') };
    const plain = await loaded.model.infill({ ...gap, samples: 3 });
    const checked = await loaded.model.infill({ ...gap, check });
    assert.deepEqual(
      checked.map(({ text, meanLogp }) => ({ text, meanLogp })),
      plain.map(({ text, meanLogp }) => ({ text, meanLogp })),
    );
    assert.deepEqual(new Set(asked), new Set(plain.map(({ text }) => text)));
  });

  it('what stands before a fault is kept, and the search for better ends', async () => {
    const seen: string[] = [];
    const found = await loaded.model.infill({
      prefix: 'switch (kind) {\n',
      suffix: '\n}\n',
      maxTokens: 48,
      seed: 3,
      check: { faultsOf: (fill) => (seen.push(fill), [fill.length]), needsAfter: () => [] },
    });
    const fills = seen.slice(0, found.length);
    assert.deepEqual(new Set(found.map(({ text }) => text)), new Set(fills), 'each fill is checked once, and given back');
    assert.ok(fills.length > 3 && fills.length <= 3 + 8 * 5);
    const several = seen.slice(0, 3).filter((fill) => fill.includes('\n'));
    for (const fill of several) {
      const kept = fill.slice(0, fill.lastIndexOf('\n') + 1);
      assert.ok(
        seen.slice(3).some((again) => again.startsWith(kept)),
        `nothing begins as ${JSON.stringify(fill)} does`,
      );
    }
  });

  it('what is needed stands in the fills that follow, in its order, unless it has no room', async () => {
    const faultsOf = (fill: string): number[] => (/\(.* \{/s.test(fill) ? [] : [fill.length]);
    const [best] = await loaded.model.infill({ ...gap, maxTokens: 24, check: { faultsOf, needsAfter: () => [['(', ') {']] } });
    assert.deepEqual(faultsOf(best!.text), [], best!.text);
    assert.ok(best!.meanLogp < 0 && best!.meanLogp > -20, 'of what was given nothing is said');
    const none = await loaded.model.infill({ ...gap, maxTokens: 2, check: { faultsOf, needsAfter: () => [['(', ') {']] } });
    assert.ok(none.every(({ text }) => faultsOf(text).length > 0));
  });

  it('where nothing denoised is without fault, takes the likeliest sound text from elsewhere, of the first group that has any', async () => {
    const sound = ['{\n    total += value;\n  }', '{\n    total.value += 77;\n  }'];
    const faultsOf = (fill: string): number[] => (sound.includes(fill) || fill === 'never' ? [] : [0]);
    const elsewhere = (): string[][] => [['unsound'], ['unsound', ...sound], ['never']];
    const check = { faultsOf, needsAfter: () => [], elsewhere, milliseconds: 0 };
    const found = await loaded.model.infill({ ...gap, check });
    assert.deepEqual(found[0]!.text, sound[0]);
    assert.deepEqual(
      found.filter(({ text }) => faultsOf(text).length === 0).map(({ text }) => text),
      sound,
    );
    assert.ok(found[0]!.meanLogp < 0 && found[0]!.minConfidence > 0);
    const oneLine = await loaded.model.infill({ ...gap, maxLines: 0, check });
    assert.ok(oneLine.every(({ text }) => !sound.includes(text)));
  });

  it('where all else fails, takes the sound beginning of a fill', async () => {
    const whole: string[] = [];
    const faultsOf = (fill: string): number[] => {
      if (whole.some((text) => text !== fill && text.startsWith(fill))) return [];
      whole.push(fill);
      return [Math.ceil(fill.length / 2)];
    };
    const [best] = await loaded.model.infill({ ...gap, check: { faultsOf, needsAfter: () => [], milliseconds: 0 } });
    const from = whole.find((text) => text !== best!.text && text.startsWith(best!.text));
    assert.ok(from !== undefined && best!.text.length <= Math.ceil(from.length / 2) && best!.text.trim() !== '', best!.text);
  });

  it('starts nothing new when its time is over, and gives back what it has', async () => {
    const check = { faultsOf: (fill: string) => [fill.length], needsAfter: () => [] };
    const found = await loaded.model.infill({ ...gap, check: { ...check, milliseconds: 0 } });
    assert.ok(found.length > 0 && found.length <= 4);
    assert.ok((await loaded.model.infill({ ...gap, check })).length > found.length);
  });

  it('is the same for the same seed, and stops between steps when told to', async () => {
    const request = { ...gap, seed: 5, check: { faultsOf: (fill: string) => [fill.length], needsAfter: () => [[' {']] } };
    assert.deepEqual(await loaded.model.infill(request), await loaded.model.infill(request));
    const stop = new AbortController();
    let fills = 0;
    const stopping = {
      faultsOf: (fill: string) => (++fills === 4 && stop.abort(new Error('enough')), [fill.length]),
      needsAfter: () => [],
    };
    await assert.rejects(loaded.model.infill({ ...request, check: stopping }, { signal: stop.signal }), /enough/);
    assert.ok(fills < 10);
  });

  it('with a parser, holes whose text has to open or close blocks are filled so that the code parses', async () => {
    const holes = [
      ['function all(list) {\n  return list.map(', '\n  });\n}\n'],
      ['export function find(list, name) {\n', '\n      return item;\n    }\n  }\n  return null;\n}\n'],
      ['const options = {\n  debug: false,\n', '\n\nmodule.exports = options;\n'],
    ] as const;
    for (const [prefix, suffix] of holes) {
      const check = syntaxCheck({ prefix, suffix, languageId: 'javascript' })!;
      assert.ok(check.needsAfter('').length > 0);
      const [best] = await loaded.model.infill({ prefix, suffix, maxTokens: 40, check });
      assert.deepEqual(check.faultsOf(best!.text), [], prefix + best!.text + suffix);
    }
  });
});
