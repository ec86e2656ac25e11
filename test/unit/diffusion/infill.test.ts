import { strict as assert } from 'node:assert';
import { useEmbeddedModel } from '../helpers/embedded-model';

describe('infill that may be given up', function () {
  this.timeout(60_000);
  const loaded = useEmbeddedModel();

  const gaps = [
    {
      prefix: 'function sum(values) {\n  let total = 0;\n  for (const value of values) total += ',
      suffix: ';\n  return total;\n}\n',
    },
    { prefix: 'for (let i = 0; i < ', suffix: '; i++) {\n  work(list[i]);\n}\n' },
    { prefix: 'const zebra = quagga(', suffix: ');\nmodule.exports = zebra;\n' },
  ];

  it('is the plain infill where that is good enough, and else ends early with a bound on how likely it could have been', async () => {
    let [stopped, saved] = [0, 0];
    for (const gap of gaps) {
      for (const lengths of [[3], [8]]) {
        const [plain] = await loaded.model.infill({ ...gap, lengths });
        const [same] = await loaded.model.infill({ ...gap, lengths, leastMeanLogp: plain!.meanLogp - 1e-6 });
        assert.deepEqual(same, plain);
        const [given] = await loaded.model.infill({ ...gap, lengths, leastMeanLogp: plain!.meanLogp / 4 });
        assert.ok(given!.steps <= plain!.steps);
        assert.ok(given!.meanLogp >= plain!.meanLogp - 1e-9 && given!.meanLogp < plain!.meanLogp / 4);
        if (given!.steps < plain!.steps) {
          stopped++;
          saved += plain!.steps - given!.steps;
          assert.equal(given!.text, '');
        }
      }
    }
    assert.ok(stopped > 0 && saved > 0, `${stopped} given up, ${saved} steps saved`);
  });

  it('sees a context from elsewhere, its end and no more than a quarter of the room, and without one is what it was', async () => {
    const gap = { ...gaps[2]!, lengths: [4] };
    const helper = 'function quagga(stripes, colour) {\n  return { stripes, colour };\n}\n';
    const [plain] = await loaded.model.infill(gap);
    assert.deepEqual((await loaded.model.infill({ ...gap, context: '' }))[0], plain);
    const [told] = await loaded.model.infill({ ...gap, context: helper });
    assert.notEqual(told!.meanLogp, plain!.meanLogp, 'it is looked at');
    const end = helper.repeat(8);
    const [long] = await loaded.model.infill({ ...gap, context: end });
    const [longer] = await loaded.model.infill({ ...gap, context: `const other = [];\n${end}` });
    assert.deepEqual(longer, long, 'what does not fit is cut off at its beginning');
  });
});
