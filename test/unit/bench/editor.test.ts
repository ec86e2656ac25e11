import assert from 'node:assert/strict';
import { aims, hostSchema, reportOf } from '../../../src/bench/editor/figures';
import type { Decoding } from '../../../src/bench/editor/job';
import { longestRun } from '../../bench/editor/profile';

describe('bench of the editor: the longest task of a profile', () => {
  const frame = (url: string) => ({ functionName: '', scriptId: '', url, lineNumber: 0, columnNumber: 0 });
  const nodes = [
    { id: 1, callFrame: frame(''), children: [2, 4] },
    { id: 2, callFrame: frame('file:///unmask/dist/extension.js'), children: [3] },
    { id: 3, callFrame: frame('node:fs') },
    { id: 4, callFrame: frame('file:///vscode/out/main.js') },
  ];
  const run = (samples: number[], timeDeltas: number[]): number =>
    longestRun({ nodes, samples, timeDeltas, startTime: 0, endTime: 1 }, (url) => url.includes('/unmask/'));

  it('is time in its code and in what that calls, up to the next thing that is not', () => {
    assert.equal(run([1, 2, 3, 3, 4, 2], [500, 1_000, 1_000, 2_000, 9_000, 3_000]), 4);
  });

  it('is none where none of it ran', () => {
    assert.equal(run([1, 4, 4], [500, 500, 500]), 0);
    assert.equal(run([], []), 0);
  });
});

describe('bench of the editor: the report', () => {
  const host = hostSchema.parse({
    host: 'code-server',
    activation_ms: 5,
    activation_load_ms: 20,
    engine_started_by_activation: false,
    keystroke_to_ghost_p50_ms: 150,
    keystroke_to_ghost_p95_ms: null,
    ghost_asked: 8,
    ghost_shown: 1,
    extension_longest_task_ms: 3,
    extension_longest_task_large_file_ms: 12,
    event_loop_delay_p99_ms: 8,
    event_loop_delay_max_ms: 90,
    idle_host_rss_mb: 120,
    idle_host_heap_mb: 40,
    idle_engine_rss_mb: null,
    selection_edit_first_paint_ms: null,
    selection_edit_done_ms: null,
  });
  const decoding: Decoding = {
    cursors: 1,
    infill_p50_ms: 50,
    infill_p95_ms: 50,
    autoregressive_p50_ms: 60,
    autoregressive_p95_ms: 60,
    tokens_mean: 4,
    ratio_vs_autoregressive: 1.2,
    ratio_vs_autoregressive_by_tokens: { '1-4': 1.2, '5-16': null, '17-48': null },
  };

  it('says whether the aims are met, by the part of a figure that is the worst', () => {
    assert.deepEqual(reportOf(host, decoding).meets, { activation: true, blocking: true });
    const slow = { ...host, activation_load_ms: aims.activationMs, extension_longest_task_large_file_ms: aims.longestTaskMs };
    assert.deepEqual(reportOf(slow, decoding).meets, { activation: false, blocking: false });
    assert.equal(reportOf({ ...host, engine_started_by_activation: true }, decoding).meets.activation, false);
  });
});
