import assert from 'node:assert/strict';
import type { CodeModel, RewriteRequest } from '../../../../src/diffusion/code-model';
import { applyEdits } from '../../../../src/edits/text';
import { loadTypescript, parseSource } from '../../../../src/edits/source';
import { denoisePlaces } from '../../../../src/engine/edit/denoise';
import { answering } from '../../helpers/answering';

/** Writes what it is told to, and finds all that is new likelier. */
function sure(texts: readonly string[], old: string): CodeModel {
  return answering({
    rewrite: ({ places }: RewriteRequest) =>
      Promise.resolve({
        places: places.map(({ start, end }, i) => ({ start, end, text: texts[i]!, meanLogp: -0.1 })),
        forwards: 1,
      }),
    score: ({ candidates }) =>
      Promise.resolve(candidates.map((text) => ({ logp: old.includes(text) && !texts.includes(text) ? -9 : -1, tokens: 1 }))),
  });
}

const code = `function total(items, tax) {
  var sum = 0;
  for (const item of items) sum = sum + item.price;
  return sum * tax;
}
`;

describe('re-denoising', () => {
  const edited = async (old: readonly string[], fresh: readonly string[]): Promise<string> => {
    const unit = parseSource(loadTypescript(), 'total.js', code);
    let from = 0;
    const places = old.map((text) => {
      const start = code.indexOf(text, from);
      from = start + text.length;
      return { start, end: from };
    });
    const watch = { signal: new AbortController().signal, onStep: () => undefined };
    const { hunks } = await denoisePlaces(sure(fresh, code), unit, places, watch);
    return applyEdits(
      code,
      hunks.flatMap((hunk) => [...hunk.changes]),
    );
  };

  it('takes a name that is declared where it stands', async () => {
    assert.equal(await edited(['* tax'], ['+ tax']), code.replace('* tax', '+ tax'));
  });

  it('leaves no name without its declaration', async () => {
    // `items` is declared by then, but nothing declares `sum` any more.
    assert.equal(await edited(['var sum'], ['var item']), code);
    // `item` is known in the file, but not where it would stand.
    assert.equal(await edited(['sum * tax'], ['item * tax']), code);
    assert.equal(await edited(['var sum', '* tax'], ['var item', '+ tax']), code.replace('* tax', '+ tax'));
  });
});
