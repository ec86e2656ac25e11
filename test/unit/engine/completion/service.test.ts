import assert from 'node:assert/strict';
import type { CodeModel, InfillRequest } from '../../../../src/diffusion/code-model';
import { CompletionService } from '../../../../src/engine/completion/service';
import { completeParams } from '../../../../src/protocol/messages';
import { answering } from '../../helpers/answering';

/** Answers with a line that can't stand there, and with one that can where the syntax is to be kept. */
function stubborn(asked: InfillRequest[]): CodeModel {
  const fill = (text: string) => ({ text, tokens: 3, meanLogp: -0.1, minConfidence: 0.8, steps: 2, faults: [] });
  return answering({
    infill: (request) => {
      asked.push(request);
      return Promise.resolve([fill(request.check ? 'list.length' : 'if else')]);
    },
  });
}

describe('completion where the likeliest one would break the syntax', () => {
  const params = { prefix: 'function count(list) {\n  return ', suffix: ';\n}\n', languageId: 'javascript', minConfidence: 0 };

  it('who types hears nothing, and nothing more is computed', async () => {
    const asked: InfillRequest[] = [];
    const service = new CompletionService(stubborn(asked), 'cpu');
    const { text, silence } = await service.complete(completeParams.parse(params), new AbortController().signal);
    assert.equal(text, null);
    assert.match(silence!, /syntax/);
    assert.equal(asked.length, 1);
  });

  it('who asked for it gets another that keeps it', async () => {
    const asked: InfillRequest[] = [];
    const service = new CompletionService(stubborn(asked), 'cpu');
    const demanded = completeParams.parse({ ...params, demanded: true });
    const { text } = await service.complete(demanded, new AbortController().signal);
    assert.equal(text, 'list.length');
    assert.equal(asked.length, 2);
    assert.ok(asked[1]!.check!.milliseconds! > 0);
  });
});
