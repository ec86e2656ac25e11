import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { diffArrays } from 'diff';
import type { CompletionStep } from '../../../src/diffusion/code-model';
import { loadCodeModel } from '../../../src/diffusion/load';
import { revise } from '../../../src/diffusion/revise';
import { openGate } from '../../../src/diffusion/run-gate';
import { topCandidates } from '../../../src/model/step-graph';
import type { StepModel, StepRequest, StepResult } from '../../../src/model/step-model';
import type { CodeTokenizer } from '../../../src/model/tokenizer';
import { useEmbeddedModel } from '../helpers/embedded-model';
import { embeddedModelFolder, ModelFolder } from '../helpers/model-folder';

const [expand, remove, maskToken, open, close] = [1, 2, 3, 4, 5] as const;
const structure = { expand, delete: remove, bias: new Float32Array(0) };
/** A token for each character; the tags are one each. */
const tokenizer = {
  encode: (text: string) => (text.match(/<\/?answer>|[^]/g) ?? []).map((c) => (c === '<answer>' ? open : c === '</answer>' ? close : 10 + c.charCodeAt(0))),
  decode: (ids: readonly number[]) => String.fromCharCode(...ids.map((id) => id - 10)),
  textOf: (id: number) => String.fromCharCode(id - 10),
} as unknown as CodeTokenizer; // prettier-ignore

type Answer = (ids: readonly number[]) => readonly { readonly token: number; readonly p: number }[];

/** A model that says of each token between the tags, and of the closing one, what `answer` does; keeping the token comes second. */
function modelThat(answer: Answer, maxSequence = 128): { model: StepModel; passes: () => number } {
  let passes = 0;
  const step = (request: StepRequest): Promise<StepResult> => {
    passes++;
    const ids = Array.from(request.ids);
    const said = answer(ids.slice(ids.indexOf(open) + 1));
    const queries = Array.from(request.queries);
    const topId = new Int32Array(queries.length * topCandidates).fill(99);
    const topP = new Float32Array(queries.length * topCandidates);
    queries.forEach((at, q) => {
      const { token, p } = said[q]!;
      topId.set([token, ids[at] === maskToken ? 10 + 63 : ids[at]!], q * topCandidates);
      topP.set([p, 1 - p], q * topCandidates);
    });
    return Promise.resolve({ topId, topP });
  };
  return { model: { step, config: { maskToken, maxSequence } } as unknown as StepModel, passes: () => passes };
}

/** Knows the text that is asked for: tokens stay, go or are written; where some are missing, masks grow to their number. */
function oracle(goal: string): Answer {
  const wanted = [...tokenizer.encode(goal), close];
  return (ids) => {
    const said: { token: number; p: number }[] = [];
    const known = ids.filter((id) => id !== maskToken);
    const parts = diffArrays([...known], wanted);
    // What is to stand before the n-th known token, and whether that one stays.
    const missing: number[][] = [[]];
    const stays: boolean[] = [];
    for (const part of parts) {
      if (part.added) missing.at(-1)!.push(...part.value);
      else for (let i = 0; i < part.value.length; i++) { stays.push(!part.removed); missing.push([]); } // prettier-ignore
    }
    let n = 0;
    for (let at = 0; at < ids.length;) {
      let masks = 0;
      while (ids[at + masks] === maskToken) masks++;
      const here = missing[n]!;
      for (let k = 0; k < masks; k++) {
        if (here.length > masks) said.push({ token: expand, p: 0.95 });
        else said.push({ token: here[k] ?? remove, p: 0.99 });
      }
      at += masks;
      if (at >= ids.length) break;
      if (!stays[n]) said.push({ token: remove, p: 0.97 });
      else if (here.length > 0 && masks === 0) said.push({ token: expand, p: 0.96 });
      else said.push({ token: ids[at]!, p: 0.99 });
      n++;
      at++;
    }
    return said;
  };
}

const turn = <T>(work: () => Promise<T>): Promise<T> => work();
const asked = (text: string) => ({ text, instruction: 'do it' });

describe('revision', () => {
  it('comes to the text that a perfect reader wants, by changes alone', async () => {
    for (const [text, goal] of [
      ['var a = b;', 'let a = b;'],
      ['f(x)', 'f(x, y)'],
      ['if (a) { return 1; }', 'return 1;'],
      ['return x', 'return x;\n}'],
      ['same', 'same'],
    ] as const) {
      const { model, passes } = modelThat(oracle(goal));
      const found = await revise({ model, tokenizer }, structure, asked(text), turn);
      assert.ok(found.kind === 'revised', found.kind);
      assert.equal(found.text, goal);
      assert.equal(found.forwards, passes());
      assert.ok(text === goal ? found.confidence === 1 && found.forwards === 1 : found.confidence < 1 && found.confidence > 0.94); // prettier-ignore
    }
  });

  it('ends with nothing where the model never ends, and where the text is too long for it', async () => {
    const growing = modelThat((ids) => ids.map((id) => ({ token: id === maskToken || id === close ? expand : id, p: 0.99 })));
    const ended = await revise({ model: growing.model, tokenizer }, structure, asked('x'), turn);
    assert.deepEqual(ended, { kind: 'given-up', forwards: growing.passes() });
    assert.ok(growing.passes() < 120, `${growing.passes()} passes`);
    const idle = modelThat((ids) => ids.map((token) => ({ token, p: 1 })), 32);
    const long = await revise({ model: idle.model, tokenizer }, structure, asked('x'.repeat(40)), turn);
    assert.deepEqual(long, { kind: 'too-long', needed: 40 + '// do it\n'.length + 2 });
    assert.equal(idle.passes(), 0);
  });

  it('tries no more once it is less sure than it is asked to be', async () => {
    const { model, passes } = modelThat(oracle('if (a, b) {}'));
    const request = { ...asked('f(x)'), leastConfidence: 0.955 };
    const found = await revise({ model, tokenizer }, structure, request, turn);
    assert.deepEqual(found, { kind: 'given-up', forwards: passes() });
    const whole = modelThat(oracle('if (a, b) {}'));
    await revise({ model: whole.model, tokenizer }, structure, { ...request, leastConfidence: 0 }, turn);
    assert.ok(passes() < whole.passes(), `${passes()} of ${whole.passes()} passes`);
  });

  it('shows its steps, and ends between two of them when it is called off', async () => {
    const steps: CompletionStep[] = [];
    const { model } = modelThat(oracle('f(x, y)'));
    const onStep = (step: CompletionStep): void => void steps.push(step);
    await revise({ model, tokenizer }, structure, { ...asked('f(x)'), onStep }, turn);
    const textOf = ({ tokens }: CompletionStep): string => tokens.map(({ text }) => text ?? '_').join('');
    assert.equal(textOf(steps[0]!), 'f(x)');
    assert.equal(textOf(steps[1]!), 'f(x_)');
    assert.equal(textOf(steps.at(-1)!), 'f(x, y)');
    assert.deepEqual(
      steps
        .at(-1)!
        .tokens.map(({ state }) => state[0])
        .join(''),
      'kkkuuuk',
    );
    const stop = new AbortController();
    let seen = 0;
    const stopping = { ...asked('f(x)'), onStep: () => { if (++seen === 2) stop.abort(new Error('enough')); } }; // prettier-ignore
    await assert.rejects(revise({ model, tokenizer }, structure, stopping, turn, stop.signal), /enough/);
    assert.equal(seen, 2);
  });
});

describe('the embedded model, asked in words', function () {
  this.timeout(60_000);
  const embedded = useEmbeddedModel();

  it('changes what it is asked to, and nothing else', async () => {
    const text =
      'function same(a, b) {\n  if (a.length == b.length) {\n    return a.join() == b.join();\n  }\n  return false;\n}\n';
    const found = await embedded.model.revise!({ text, instruction: 'Use === instead of ==.' });
    assert.ok(found.kind === 'revised', found.kind);
    assert.equal(found.text, text.replaceAll('==', '==='));
    assert.ok(found.confidence > 0.9 && found.forwards < 6, `${found.confidence}, ${found.forwards} passes`);
    const again = await embedded.model.revise!({ text: found.text, instruction: 'Use === instead of ==.' });
    assert.deepEqual([again.kind, again.kind === 'revised' && again.text], ['revised', found.text]);
  });

  it('reads its other weights when they are needed, and says what is wrong with them then', async () => {
    const folder = new ModelFolder(embeddedModelFolder);
    const file = path.join('instructed', 'model.safetensors');
    try {
      folder.remove(file);
      const loaded = await loadCodeModel({ dir: folder.dir, device: 'cpu', threads: 1, gate: openGate });
      try {
        assert.equal((await loaded.model.infill({ prefix: 'const a = ', suffix: ';\n' })).length, 1);
        const revised = () => loaded.model.revise!({ text: 'a == b;\n', instruction: 'Use === instead of ==.' });
        await assert.rejects(revised, { name: 'ModelError', message: /instructed/ });
        mkdirSync(folder.path('instructed'), { recursive: true });
        copyFileSync(path.join(embeddedModelFolder, file), folder.path(file));
        assert.ok(await revised());
      } finally {
        await loaded.dispose();
      }
      folder.patch('manifest.json', { instructed: '../elsewhere' });
      await assert.rejects(loadCodeModel({ dir: folder.dir, device: 'cpu', threads: 1, gate: openGate }), /no name of a folder/);
    } finally {
      folder.dispose();
    }
  });
});
