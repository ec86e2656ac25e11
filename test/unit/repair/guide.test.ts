import assert from 'node:assert/strict';
import type { CandidateScore, CodeModel } from '../../../src/diffusion/code-model';
import { guideByModel, type GuideOptions } from '../../../src/repair/model/guide';
import { proposeMutations } from '../../../src/repair/propose/mutations';
import { startTrace } from '../../../src/repair/report/trace';
import { startClock } from '../../../src/repair/search/clock';
import { CandidatePool, gainTerm } from '../../../src/repair/search/pool';
import { loadTypescript, parseSource } from '../../../src/repair/source/parse';
import { readVocabulary } from '../../../src/repair/source/vocabulary';
import { fixParams } from '../../../src/protocol/messages';
import type { Suspicion } from '../../../src/repair/localise/suspicion';

const code = 'function below(value, limit) {\n  return value <= limit;\n}\nmodule.exports = { below };\n';
const suspicion = {
  at: (start: number, end: number) => (start >= 30 && end <= 56 ? 1 : 0),
  doubt: () => undefined,
} as unknown as Suspicion;

function optionsWith(model: Partial<CodeModel> | null, signal = new AbortController().signal): GuideOptions {
  const unit = parseSource(loadTypescript(), '/p/a.js', code);
  const pool = new CandidatePool({ unit, suspicion, boosts: new Map(), rounds: 0 });
  pool.add(
    proposeMutations({ unit, vocabulary: readVocabulary(unit, []), boosts: new Map(), wanted: (a, b) => suspicion.at(a, b) > 0 }),
  );
  const clock = startClock(30);
  const info = { id: 'm', parameters: 1, maxSequence: 256, capabilities: ['infill'], device: 'cpu' };
  const whole = model && ({ info, countTokens: (text: string) => text.length, surprise: () => Promise.resolve([]), infill: () => Promise.resolve([]), ...model } as unknown as CodeModel); // prettier-ignore
  return {
    params: fixParams.parse({ file: '/p/a.js' }),
    model: whole,
    signal,
    clock,
    trace: startTrace(clock, () => undefined),
    unit,
    suspicion,
    pool,
    failing: [],
    cheapTests: false,
  };
}

describe('guide by the model', () => {
  it('has an opinion as soon as the likeliest candidates are scored, and the pool knows it', async () => {
    const logpOf = (text: string): number => (text.includes('value < limit') ? -1 : -5);
    const score: CodeModel['score'] = ({ prefix, candidates, suffix }) =>
      Promise.resolve(candidates.map((text): CandidateScore => ({ logp: logpOf(prefix + text + suffix), tokens: 1 })));
    const options = optionsWith({ score });
    const guide = guideByModel(options);
    await guide.opinion;
    const first = options.pool.peek(1)[0]!;
    assert.match(options.pool.admit(first)!.text, /value < limit/);
    assert.ok(first.modelGain! > 0);
    await guide.stop();
  });

  it('has read the suspects before anything else, where it can proofread: what it finds wrong comes first, and all waiting candidates are judged at once', async () => {
    const asked: number[] = [];
    const options = optionsWith({
      proofread: ({ text, start, end, changes }) => {
        asked.push(changes.length);
        assert.ok(changes.every((c) => c.start >= start && c.end <= end));
        const at = text.indexOf('<=');
        const tokens = [{ start: at, end: at + 2, logp: -6, alternatives: [{ text: 'instanceof', logp: -0.1 }] }];
        const gains = changes.map((c) => (c.start >= at && c.end <= at + 2 ? 4 : -4));
        return Promise.resolve({ tokens, gains });
      },
      score: () => new Promise(() => undefined),
    });
    const before = options.pool.size;
    const guide = guideByModel(options);
    await guide.proof;
    assert.ok(asked.length === 1 && asked[0]! > 0.95 * before, `${asked.join()} of ${before}`);
    const [first] = options.pool.peek(1);
    assert.match(code.slice(first!.edits[0]!.start, first!.edits[0]!.end), /<|=/);
    assert.equal(first!.proofGain, 4);
    assert.ok(options.pool.peek(options.pool.size).some((c) => c.operator === 'model.alternative'));
    void guide.stop();
  });

  it('keeps nobody waiting: without a model, with one that fails, and when it is stopped in the middle', async () => {
    await Promise.all([guideByModel(optionsWith(null)).opinion, guideByModel(optionsWith(null)).proof]);
    const failing = guideByModel(optionsWith({ score: () => Promise.reject(new Error('no memory')) }));
    await failing.opinion;
    await failing.stop();
    const endless = guideByModel(
      optionsWith({
        score: (_request, control) =>
          new Promise((_, reject) =>
            control?.signal?.addEventListener('abort', () => {
              reject(control.signal!.reason as Error);
            }),
          ),
      }),
    );
    // One that does not proofread has nothing to be waited for before its opinion.
    await endless.proof;
    let heard = false;
    void endless.opinion.then(() => (heard = true));
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(heard, false);
    await endless.stop();
    await endless.opinion;
  });

  it('is believed more when it speaks against a change than when it speaks for it', () => {
    const term = (modelGain: number, source: 'model' | 'mutation' = 'mutation'): number => gainTerm({ modelGain, source });
    assert.ok(term(2) > 0 && term(-2) === -term(2));
    assert.equal(term(20), term(5));
    assert.ok(term(-10) <= -2 * term(20));
    assert.ok(
      gainTerm({ modelGain: 2, tokensAdded: 2, source: 'mutation' }) <
        gainTerm({ modelGain: 2, tokensAdded: -2, source: 'mutation' }),
    );
    assert.ok(gainTerm({ modelGain: 2, tokensAdded: -2, source: 'mutation' }) < term(2));
    assert.equal(term(5, 'model'), 0, 'it likes what it has proposed');
    assert.ok(term(-5, 'model') < 0);
  });
});
