import assert from 'node:assert/strict';
import { loadCodeModel, type LoadedCodeModel } from '../../../../../src/diffusion/load';
import { ask } from '../../../../../src/engine/edit/answer/prompt';
import { edit } from '../../../../../src/engine/edit/service';
import type { DenoisingStep } from '../../../../../src/protocol/denoising';
import { editParams, type EditResult } from '../../../../../src/protocol/edit';
import { chatFolder, teach } from '../../../helpers/chat-folder';
import type { ModelFolder } from '../../../helpers/model-folder';
import { openGate } from '../../../../../src/diffusion/run-gate';

const line = '\tfor (const item of items) sum += item;';
const source = `function total(items) {\n\tlet sum = 0;\n${line}\n\treturn sum;\n}\n`;
const instruction = 'only count what lies above zero';
const answer = 'Here:\n```javascript\nfor (const item of items) {\n  if (item > 0) sum += item;\n}\n```';
const becomes = '\tfor (const item of items) {\n\t\tif (item > 0) sum += item;\n\t}';
const region = { start: source.indexOf(line), end: source.indexOf(line) + line.length };

const open = (folder: ModelFolder): Promise<LoadedCodeModel> => loadCodeModel({ dir: folder.dir, device: 'cpu', threads: 1, gate: openGate }); // prettier-ignore

describe('edits by a model that follows instructions', function () {
  this.timeout(240_000);
  let folder: ModelFolder;
  let loaded: LoadedCodeModel | undefined;
  afterEach(async () => {
    await loaded?.dispose();
    loaded = undefined;
    folder.dispose();
  });

  async function asked(text: string, options: { signal?: AbortSignal; onStep?: (step: DenoisingStep) => void; words?: string } = {}): Promise<EditResult> {
    loaded ??= await open(folder);
    const start = text.indexOf(line);
    const params = editParams.parse({ file: 'total.js', text, range: { start, end: start + line.length }, instruction: options.words ?? instruction, record: true });
    return edit(params, {
      model: loaded.model,
      signal: options.signal ?? new AbortController().signal,
      onProgress: ({ denoising }) => {
        if (denoising) options.onStep?.(denoising);
      },
    });
  } // prettier-ignore

  it('does what it was taught: asked by its template, answered in a canvas, fitted into the file', async () => {
    folder = await chatFolder();
    loaded = await open(folder);
    const { model } = loaded;
    const question = ask({ ...model, chat: model.chat! }, { file: 'total.js', text: source, region, instruction });
    assert.ok('prompt' in question);
    await teach(folder, question.prompt, answer, question.maxTokens);
    await loaded.dispose();
    loaded = undefined;
    const steps: DenoisingStep[] = [];
    const result = await asked(source, { onStep: (step) => steps.push(step) });
    assert.equal(result.status, 'edited', result.message);
    assert.equal(result.how, 'denoised');
    assert.match(result.message, /did what you asked for as it understood it.*nothing else is proved/);
    assert.equal(result.newText, source.replace(line, becomes));
    assert.equal(result.steps, steps.at(-1)!.stepsSoFar);
    assert.deepEqual(result.record, steps);
    assert.ok(steps[0]!.cells.length > 40 && steps[0]!.cells.every(({ text }) => text === null));
    assert.equal(
      steps
        .at(-1)!
        .cells.map(({ text }) => text)
        .join(''),
      answer,
      'the view ends with the whole answer',
    );
    for (const step of steps) assert.deepEqual(step.range, region);

    const windows = source.replaceAll('\n', '\r\n');
    const kept = await asked(windows);
    assert.equal(kept.newText, windows.replace(line, becomes.replaceAll('\n', '\r\n')), 'line breaks are the file’s own');
  });

  it('refuses what does not parse or has no code, and writes nothing: an untrained model says nothing of use', async () => {
    folder = await chatFolder();
    const result = await asked(source);
    assert.equal(result.status, 'refused');
    assert.equal(result.reason, 'unusable-answer');
    assert.match(result.message, /^follows .*Nothing was changed/);
    assert.deepEqual(result.hunks, []);
    assert.equal(result.newText, undefined);
    assert.ok(result.steps > 0 && result.offers.length > 0);
  });

  it('ends between steps when it is called off', async () => {
    folder = await chatFolder();
    const controller = new AbortController();
    let steps = 0;
    const onStep = (): void => {
      if (++steps === 3) controller.abort(new Error('enough'));
    };
    await assert.rejects(asked(source, { signal: controller.signal, onStep }), /enough/);
    assert.equal(steps, 3);
  });

  it('takes less of the code around where there is little room, and says so where the lines themselves are too many', async () => {
    folder = await chatFolder();
    const around = '// something that stands around and is read\n'.repeat(400);
    assert.equal((await asked(around + source + around)).reason, 'unusable-answer', 'asked all the same');
    const long = `${line}\n`.repeat(60);
    const start = 0;
    const params = editParams.parse({ file: 'total.js', text: long, range: { start, end: long.length }, instruction });
    const result = await edit(params, {
      model: loaded!.model,
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
    assert.equal(result.reason, 'too-long');
    assert.match(result.message, /need \d+ tokens, but follows holds 768 at once. Select fewer lines/);
  });

  it('says what is missing where the folder has no chat template', async () => {
    folder = await chatFolder(null);
    const result = await asked(source);
    assert.equal(result.reason, 'no-chat-template');
    assert.match(result.message, /manifest of follows says that it follows instructions, but its folder holds no chat template/);
    assert.equal((await asked(source, { words: 'use strict equality' })).status, 'unchanged', 'known edits need no model');
  });
});
