import assert from 'node:assert/strict';
import { defaultTuning, lessons, tuneSettings } from '../../../../src/training/tune/settings';

describe('settings of a tuning', () => {
  it('are the defaults of each lesson, unless the shares of an update are more than the whole of it', () => {
    for (const lesson of lessons) {
      const settings = defaultTuning[lesson];
      assert.deepEqual(tuneSettings.parse(settings), settings);
      const only = { ...settings.sft, repair: 0, reasoned: 0, keep: 0, edits: 0, proofread: 0.6 };
      assert.ok(tuneSettings.safeParse({ ...settings, sft: { ...only, ranking: 0.4 } }).success);
      assert.match(tuneSettings.safeParse({ ...settings, sft: { ...only, ranking: 0.5 } }).error!.message, /more than the whole/);
    }
  });
});
