import { rounded } from '../../../../src/bench/engine/timing';
import type { Probe } from '../session';

const lines = Array.from({ length: 18 }, (_, i) => `  var value${i} = compute(input, ${i});`);
const text = ["'use strict';", '', 'function prepare(input) {', ...lines, '  return value17;', '}', ''].join('\n');
const longestMs = 60_000;

/**
 * An edit of 20 selected lines by an instruction: from the command to the first frame in which the editor shows anything of it, and to its end. Null where this
 * version has no such command, or it found nothing to change.
 */
export const selectionEdit: Probe = async ({ page, call, progress }) => {
  const none = { selection_edit_first_paint_ms: null, selection_edit_done_ms: null };
  if (!(await call('hasCommand', 'unmask.editSelection'))) return none;
  await call('place', text, 0);
  await call('select', 2, 21);
  await page.waitForTimeout(1_000);
  await page.evaluate(watchPaint);
  const began = performance.now();
  const late = new Promise<void>((resolve) => setTimeout(resolve, longestMs).unref());
  const outcome = await Promise.race([
    call('command', 'unmask.editSelection', { instruction: 'use const instead of var' }),
    late,
  ]);
  const done = performance.now() - began;
  await page.waitForTimeout(500);
  const paint = await page.evaluate<number | null>('window.unmaskPaint()');
  progress(`selection edit: ${String(outcome)} after ${done.toFixed(0)} ms`);
  await call('command', 'workbench.action.files.revert');
  if (outcome !== 'edited') return none;
  return { selection_edit_first_paint_ms: paint === null ? null : rounded(paint), selection_edit_done_ms: rounded(done) };
};

/** In the page: the first frame in which a decoration, lens or zone came into the editor. */
const watchPaint = `window.unmaskPaint = (() => {
  const began = performance.now();
  let at = null;
  const observer = new MutationObserver(() => {
    if (at !== null) return;
    observer.disconnect();
    requestAnimationFrame(() => { at = performance.now() - began; });
  });
  for (const part of ['.view-overlays', '.view-zones', '.contentWidgets', '.view-lines']) {
    const node = document.querySelector('.monaco-editor ' + part);
    if (node) observer.observe(node, { subtree: true, childList: true, attributes: true, attributeFilter: ['class'] });
  }
  return () => at;
})(); undefined`;
