import assert from 'node:assert/strict';
import type { Suspicion } from '../../../src/repair/localise/suspicion';
import { readingRegions } from '../../../src/repair/model/regions';
import { CandidatePool } from '../../../src/repair/search/pool';
import { applyEdits, candidateKey, regionAround } from '../../../src/repair/source/edits';
import { loadTypescript, parseSource, syntaxErrors, walk, type SourceUnit } from '../../../src/repair/source/parse';
import type { Candidate, Proposal } from '../../../src/repair/types';
import { Random } from '../../../src/training/random';

const ts = loadTypescript();
const suspicion: Suspicion = { at: () => 1, doubt: () => undefined } as unknown as Suspicion;
const functions = Array.from(
  { length: 60 },
  (_, i) =>
    `  function part${i}(left, right) {\n    for (let k = 0; k < ${i}; k++) if (left > right) left -= k;\n    return left * ${i} + right;\n  }\n`,
).join('');
/** A module as bundlers wrap it: one statement. */
const wrapped = (kind: string): SourceUnit =>
  parseSource(
    ts,
    'wrapped.js',
    `(function (root, factory) {\n  factory(root);\n})(this, ${kind}function (exports) {\n  'use strict';\n${functions}  exports.part7 = part7;\n});\n`,
  );

function proposals(unit: SourceUnit): Proposal[] {
  const out: Proposal[] = [];
  walk(unit, unit.file, (node) => {
    if (!ts.isIdentifier(node) && !ts.isNumericLiteral(node)) return undefined;
    const [start, end] = [node.getStart(unit.file), node.end];
    for (const text of ['left', '1', '(', ''])
      out.push({
        edits: [{ start, end, text }],
        operator: 'model.alternative',
        delta: (out.length % 7) / 7,
        source: 'mutation',
        start,
        end,
      });
    return undefined;
  });
  return out;
}

describe('the pool of candidates', () => {
  it('gives the best one that waits, whatever is added or judged meanwhile', () => {
    const random = Random.seeded(5);
    const unit = wrapped('');
    const all = proposals(unit);
    const pool = new CandidatePool({ unit, suspicion, boosts: new Map(), rounds: 0 });
    const waiting: Candidate[] = [];
    let judgedTurns: number | null = null;
    for (let turn = 0; turn < 300; turn++) {
      waiting.push(...pool.add(all.splice(0, random.below(9)), 0, random.uniform()));
      for (let k = random.below(4); k > 0; k--) {
        // Also of those that had their turn already: that must not bring them back.
        const judged = waiting[random.below(Math.max(1, waiting.length))];
        if (!judged) continue;
        pool[random.below(2) === 0 ? 'setProof' : 'setGain'](judged, 20 * random.uniform() - 10);
        judgedTurns ??= 0;
      }
      assert.equal(pool.size, waiting.length);
      const by = (worth: (c: Candidate) => number): Candidate[] =>
        [...waiting].sort((a, b) => worth(b) - worth(a) || a.id - b.id);
      const order = by((c) => c.priority);
      assert.deepEqual(pool.peek(5), order.slice(0, 5));
      const own = judgedTurns !== null && judgedTurns % 4 === 3;
      const next = pool.next();
      if (next === undefined) continue;
      // Those before it do not parse, or were tried in another dress. Each fourth turn is the search's own, once the model has spoken.
      const asked = own ? by((c) => c.base) : order;
      const passed = asked.slice(0, asked.indexOf(next.candidate) + 1);
      if (judgedTurns !== null) judgedTurns++;
      for (const one of passed.slice(0, -1)) assert.equal(pool.admit(one), undefined);
      for (const one of passed) waiting.splice(waiting.indexOf(one), 1);
      pool.setGain(next.candidate, 3);
    }
    assert.ok(waiting.length > 20);
  });

  it('tries exactly what parses, in files that are one long statement, too', () => {
    for (const unit of [wrapped(''), wrapped('async ')]) {
      const some = proposals(unit).filter((_, i) => i % 17 === 0);
      const pool = new CandidatePool({ unit, suspicion, boosts: new Map(), rounds: 0 });
      const tried = new Map<Candidate, string>();
      const added = pool.add(some);
      for (let turn = pool.next(); turn; turn = pool.next()) tried.set(turn.candidate, turn.text);
      const keys = new Set<string>();
      for (const candidate of [...added].sort((a, b) => b.priority - a.priority || a.id - b.id)) {
        const text = applyEdits(unit.text, candidate.edits);
        const key = candidateKey(unit, candidate.edits);
        const sound = text !== unit.text && !keys.has(key) && syntaxErrors(parseSource(ts, 'wrapped.js', text)).length === 0;
        keys.add(key);
        assert.equal(tried.get(candidate), sound ? text : undefined, JSON.stringify(candidate.edits));
      }
      assert.ok(tried.size > 50);
    }
  });
});

describe('what is looked at of a file that is one long statement', () => {
  const unit = wrapped('');

  it('is parsed by the functions in it', () => {
    const at = unit.text.indexOf('return left * 33');
    const { start, end } = regionAround(unit, at, at + 6);
    assert.equal(
      unit.text.slice(start, end).trim(),
      functions.slice(functions.indexOf('  function part33'), functions.indexOf('  function part34')).trim(),
    );
    const awaited = wrapped('async ');
    const whole = regionAround(awaited, awaited.text.indexOf('return left * 33'), awaited.text.indexOf('return left * 33') + 6);
    assert.equal(whole.start, 0);
  });

  it('is read in pieces that one pass holds', () => {
    const countTokens = (text: string): number => Math.ceil(text.length / 3);
    const regions = readingRegions(unit, suspicion, { countTokens });
    assert.ok(regions.length > 5 && regions.length < 30, String(regions.length));
    assert.ok(regions.every(({ start, end }) => countTokens(unit.text.slice(start, end)) < 250));
    const sum = regions.reduce((total, { start, end }) => total + countTokens(unit.text.slice(start, end)), 0);
    assert.ok(sum <= 3_100, String(sum));
  });
});
