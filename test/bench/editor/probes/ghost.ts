import { setTimeout as delay } from 'node:timers/promises';
import { cursors } from '../../../../src/bench/engine/ghost';
import { quantile, rounded } from '../../../../src/bench/engine/timing';
import { repository } from '../../../host/driver/paths';
import type { Probe, Session } from '../session';

/** Keys of a quick typist, of which the last is the one that counts. */
const typed = 4;
const gapMs = 90;
const longestMs = 5_000;

/**
 * From the last of a few keys to the frame in which there is ghost text, in the page, with everything between: VS Code's own pause, the extension's wait, the
 * engine, and the way there and back. At places in held-out code; with no limit of confidence, so that it is the time that is measured and not the silence.
 */
export const ghost: Probe = async (session) => {
  const { page, call, quick, progress } = session;
  await call('setting', 'unmask', 'completion.minConfidence', 0);
  await page.evaluate(watchKeys);
  const places = await cursors(repository, quick ? 8 : 40);
  const times: number[] = [];
  for (const [i, { prefix, suffix }] of [places[0]!, ...places].entries()) {
    const before = prefix.slice(-4_000);
    await call('place', before.slice(0, -typed) + suffix.slice(0, 2_000), before.length - typed);
    await delay(150);
    const milliseconds = await typeAndWait(session, before.slice(-typed));
    if (i > 0 && milliseconds !== null) times.push(milliseconds); // the first starts the engine
    progress(`ghost text: ${i}/${places.length}, ${milliseconds === null ? 'none' : `${milliseconds.toFixed(0)} ms`}`);
    await page.keyboard.press('Escape');
  }
  await call('setting', 'unmask', 'completion.minConfidence', null);
  times.sort((a, b) => a - b);
  return {
    keystroke_to_ghost_p50_ms: times.length === 0 ? null : rounded(quantile(times, 0.5)),
    keystroke_to_ghost_p95_ms: times.length === 0 ? null : rounded(quantile(times, 0.95)),
    ghost_asked: places.length,
    ghost_shown: times.length,
  };
};

async function typeAndWait({ page }: Session, keys: string): Promise<number | null> {
  for (const key of keys.slice(0, -1).split('')) {
    await page.keyboard.type(key);
    await delay(gapMs);
  }
  await page.evaluate('window.unmaskBench.arm()');
  await page.keyboard.type(keys.slice(-1));
  return page.evaluate<number | null>(`window.unmaskBench.shown(${longestMs})`);
}

/**
 * Runs in the page (a string: this project has no DOM types). `arm` makes the next key the one that counts; `shown` gives the milliseconds from it to the first
 * frame with ghost text after the editor has taken the key in, or null.
 */
const watchKeys = `window.unmaskBench = (() => {
  let armed = false, settle;
  let done = Promise.resolve(null);
  document.addEventListener('keydown', () => {
    if (!armed) return;
    armed = false;
    const began = performance.now();
    let changed = false;
    const observer = new MutationObserver(() => { changed = true; });
    observer.observe(document.querySelector('.monaco-editor .view-lines'), { subtree: true, childList: true, characterData: true });
    const frame = () => {
      if (!settle) observer.disconnect();
      else if (changed && document.querySelector('.monaco-editor [class*="ghost-text"]')) {
        observer.disconnect();
        settle(performance.now() - began);
      } else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }, { capture: true });
  return {
    arm() {
      armed = true;
      done = new Promise((resolve) => { settle = (value) => { settle = undefined; resolve(value); }; });
    },
    shown(milliseconds) {
      const timer = setTimeout(() => settle && settle(null), milliseconds);
      return done.finally(() => clearTimeout(timer));
    },
  };
})(); undefined`;
