/**
 * How long to wait after a key before a completion is computed. Too early, and the next key makes the work useless; too late, and the user waits.
 * Which it is depends on how fast this user types and how long requests take here, so both are watched. Pure: times come from outside.
 */

/** Gaps from here on are pauses: the user has stopped to think, or to look at what there is. Milliseconds. */
const pauseMs = 800;
const remembered = 48;
/** What is assumed of a user of whom nothing is known: an ordinary typist who pauses now and then. */
const usual: readonly number[] = [90, 110, 130, 150, 170, 200, 240, 300, pauseMs, pauseMs];
const usualRequestMs = 80;
const longestRequestMs = 2_000;
/** A millisecond of the processor's work done for nothing, in milliseconds of the user's waiting. */
const priceOfWork = 0.5;
const finestMs = 10;

export class TypingRhythm {
  private readonly gaps: number[] = [...usual];
  private lastKey: number | undefined;
  private requestMs = usualRequestMs;

  /** A character was typed. `at` in milliseconds of any steady clock. */
  key(at: number): void {
    if (this.lastKey !== undefined && at >= this.lastKey) {
      this.gaps.push(Math.min(pauseMs, at - this.lastKey));
      if (this.gaps.length > remembered) this.gaps.shift();
    }
    this.lastKey = at;
  }

  /** A request was answered after so many milliseconds. */
  answered(milliseconds: number): void {
    this.requestMs += 0.2 * (Math.min(longestRequestMs, milliseconds) - this.requestMs);
  }

  /** Milliseconds that a request usually takes. */
  get typicalMs(): number {
    return this.requestMs;
  }

  /** Milliseconds to wait after a key, from 0 to `longest`: where waiting and useless work together cost least. */
  wait(longest: number): number {
    let best = { wait: 0, cost: this.cost(0) };
    for (let wait = finestMs; wait <= longest; wait += finestMs) {
      const cost = this.cost(wait);
      if (cost < best.cost) best = { wait, cost };
    }
    return best.wait;
  }

  /**
   * After a pause the user waits for the wait as well. After any other key the request is begun only if that key came later than the wait, and then
   * what was computed until that key is lost.
   */
  private cost(wait: number): number {
    let sum = 0;
    for (const gap of this.gaps) {
      if (gap >= pauseMs) sum += wait;
      else if (gap > wait) sum += priceOfWork * Math.min(this.requestMs, gap - wait);
    }
    return sum;
  }
}
