import assert from 'node:assert/strict';
import { traceMarkdown, type TraceWords } from '../../../src/editor/fix/trace-markdown';
import type { FixResult, TraceEntry } from '../../../src/protocol/messages';

const words: TraceWords = {
  headings: {
    failure: 'Fails',
    suspect: 'Suspects',
    propose: 'Tried',
    attempt: 'Tried',
    evidence: 'Showed',
    choice: 'Why',
    proof: 'Proof',
    note: 'Notes',
  },
  title: (file) => `Fix ${file}`,
  running: 'working',
  cancelled: 'cancelled',
  summary: ({ status }) => `status ${status}`,
  change: 'Change',
  alternatives: 'Others',
  line: (line) => `line ${line}`,
};

const entries: TraceEntry[] = [
  { kind: 'failure', text: 'cart adds', at: 0.5 },
  { kind: 'propose', text: 'three candidates', at: 1 },
  { kind: 'attempt', text: 'replace + by -\nexpected 1', at: 1.25, line: 7 },
  { kind: 'proof', text: 'all pass', at: 2 },
];

describe('reasoning view', () => {
  it('puts what belongs together under one heading, in the order it happened', () => {
    const text = traceMarkdown({ file: 'a.js', entries }, words);
    assert.deepEqual(
      [...text.matchAll(/^#+ .*$/gm)].map(([heading]) => heading),
      ['# Fix a.js', '## Fails', '## Tried', '## Proof'],
    );
    assert.match(text, /^- replace \+ by -\n {2}expected 1 \(line 7\)$/m);
    assert.match(text, /^working$/m);
  });

  it('shows changes in a fence that the code in them cannot close', () => {
    const diff = '-a\n+`````\n';
    const result = {
      status: 'fixed',
      diff,
      alternatives: [{ diff: '-x\n+y', newText: 'y', source: 'model' }],
    } as unknown as FixResult;
    const text = traceMarkdown({ file: 'a.js', entries: [], outcome: { kind: 'result', result } }, words);
    assert(text.includes('**status fixed**'));
    assert(text.includes('``````diff\n-a\n+`````\n``````'));
    assert(text.includes('## Others\n\n```diff\n-x\n+y\n```'));
  });

  it('says that a cancelled or failed run ended', () => {
    assert(traceMarkdown({ file: 'a.js', entries, outcome: { kind: 'cancelled' } }, words).includes('cancelled'));
    assert(
      traceMarkdown({ file: 'a.js', entries, outcome: { kind: 'failed', message: 'the engine stopped' } }, words).includes(
        'the engine stopped',
      ),
    );
  });
});
