import assert from 'node:assert/strict';
import { Completer, type Clock, type OfferOptions, type Request } from '../../../../src/editor/completion/completer';
import type { Answer } from '../../../../src/editor/completion/reuse';

/** Time that passes when it is told to. */
class TestClock implements Clock {
  private time = 0;
  private readonly sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();

  now(): number {
    return this.time;
  }

  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = {
        at: this.time + milliseconds,
        wake: (): void => {
          this.sleepers.delete(sleeper);
          resolve();
        },
      };
      this.sleepers.add(sleeper);
      signal.addEventListener('abort', sleeper.wake);
      if (signal.aborted) sleeper.wake();
    });
  }

  async pass(milliseconds: number): Promise<void> {
    await settle();
    const end = this.time + milliseconds;
    for (;;) {
      const [next] = [...this.sleepers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.time = next.at;
      next.wake();
      await settle();
    }
    this.time = end;
  }
}

/** Lets everything run that is ready to. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

interface Asked {
  readonly request: Request;
  readonly signal: AbortSignal;
  done: boolean;
  answer(text: string | null): Promise<void>;
  fail(error: Error): Promise<void>;
}

function setUp(): { completer: Completer; clock: TestClock; asked: Asked[]; failures: unknown[] } {
  const clock = new TestClock();
  const asked: Asked[] = [];
  const failures: unknown[] = [];
  const completer = new Completer(
    (request, signal) =>
      new Promise<Answer>((resolve, reject) => {
        const one: Asked = {
          request,
          signal,
          done: false,
          answer: (text) => {
            one.done = true;
            resolve({ text, confidence: 0.5 });
            return settle();
          },
          fail: (error) => {
            one.done = true;
            reject(error);
            return settle();
          },
        };
        asked.push(one);
      }),
    clock,
    (error) => failures.push(error),
  );
  return { completer, clock, asked, failures };
}

const at = (prefix: string, suffix = '\n'): { prefix: string; suffix: string } => ({ prefix, suffix });
const unasked: OfferOptions = { demanded: false, longestWaitMs: 350, hints: () => ({ minConfidence: 0.3, context: '' }) };
const never = (): AbortSignal => new AbortController().signal;

/** Keys of an even typist and slow answers, so that there is a wait. */
function slowEngine(completer: Completer): void {
  for (let i = 0; i < 40; i++) completer.rhythm.key(i * 100);
  for (let i = 0; i < 40; i++) completer.rhythm.answered(300);
}

describe('completer', () => {
  it('waits, asks once, and knows the answer afterwards', async () => {
    const { completer, clock, asked } = setUp();
    slowEngine(completer);
    const offered = completer.offer(at('a = '), unasked, never());
    await clock.pass(50);
    assert.equal(asked.length, 0, 'still waiting');
    await clock.pass(300);
    assert.equal(asked.length, 1);
    await asked[0]!.answer('b + c');
    assert.equal((await offered)?.text, 'b + c');
    assert.equal((await completer.offer(at('a = '), unasked, never()))?.text, 'b + c');
    assert.equal((await completer.offer(at('a = b'), unasked, never()))?.text, ' + c', 'typed on');
    assert.equal(asked.length, 1);
  });

  it('a request goes on while the user types what it may answer, and its answer is used for what is left', async () => {
    const { completer, clock, asked } = setUp();
    slowEngine(completer);
    const first = new AbortController();
    const early = completer.offer(at('a = '), unasked, first.signal);
    await clock.pass(350);
    assert.equal(asked.length, 1);
    first.abort(); // VS Code cancels as soon as the user types on
    assert.equal(await early, undefined);
    const late = completer.offer(at('a = b'), unasked, never());
    await clock.pass(20);
    assert.equal(asked[0]!.signal.aborted, false, 'what it answers may still fit');
    await asked[0]!.answer('b + c');
    assert.equal((await late)?.text, ' + c');
    assert.equal(asked.length, 1, 'nothing was asked twice');
  });

  it('asks anew where the answer turns out not to fit', async () => {
    const { completer, clock, asked } = setUp();
    const first = new AbortController();
    void completer.offer(at('a = '), unasked, first.signal);
    await clock.pass(350);
    first.abort();
    const late = completer.offer(at('a = x'), unasked, never());
    await asked[0]!.answer('b + c');
    await clock.pass(700);
    assert.equal(asked.length, 2);
    assert.deepEqual(asked[1]!.request.place, at('a = x'));
    await asked[1]!.answer('yz');
    assert.equal((await late)?.text, 'yz');
  });

  it('ends a request at once when the cursor is somewhere else', async () => {
    const { completer, clock, asked } = setUp();
    const first = new AbortController();
    void completer.offer(at('a = '), unasked, first.signal);
    await clock.pass(350);
    first.abort();
    void completer.offer(at('other'), unasked, never());
    await settle();
    assert.equal(asked[0]!.signal.aborted, true);
  });

  it('asks for what comes after an offer that stands, in the background, and has it when the offer is taken', async () => {
    const { completer, clock, asked } = setUp();
    const options = { ...unasked, afterwards: (text: string) => at(`a = ${text}`) };
    const offered = completer.offer(at('a = '), options, never());
    await clock.pass(350);
    await asked[0]!.answer('b;');
    await offered;
    await clock.pass(100);
    assert.equal(asked.length, 1, 'not before the offer has been looked at');
    await clock.pass(100);
    assert.equal(asked.length, 2);
    assert.equal(asked[1]!.request.priority, 'background');
    assert.deepEqual(asked[1]!.request.place, at('a = b;'));
    await asked[1]!.answer('\nc();');
    assert.equal((await completer.offer(at('a = b;'), unasked, never()))?.text, '\nc();');
    assert.equal(asked.length, 2);
  });

  it('does not ask ahead when the user goes on at once', async () => {
    const { completer, clock, asked } = setUp();
    const offered = completer.offer(at('a = '), { ...unasked, afterwards: () => at('a = b;') }, never());
    await clock.pass(350);
    await asked[0]!.answer('b;');
    await offered;
    await clock.pass(50);
    void completer.offer(at('a = b'), unasked, never());
    await clock.pass(1_000);
    assert.equal(asked.length, 1);
  });

  it('remembers silence, but not towards somebody who demands an answer', async () => {
    const { completer, clock, asked } = setUp();
    const offered = completer.offer(at('a'), unasked, never());
    await clock.pass(350);
    await asked[0]!.answer(null);
    assert.equal(await offered, undefined);
    assert.equal(await completer.offer(at('a'), unasked, never()), undefined);
    assert.equal(asked.length, 1);
    const demanded = completer.offer(at('a'), { ...unasked, demanded: true }, never());
    await settle();
    assert.equal(asked.length, 2, 'without a wait');
    assert.equal(asked[1]!.request.demanded, true);
    await asked[1]!.answer('b');
    assert.equal((await demanded)?.text, 'b');
  });

  it('tells of a failure, and asks again with the next key', async () => {
    const { completer, clock, asked, failures } = setUp();
    const offered = completer.offer(at('a'), unasked, never());
    await clock.pass(350);
    await asked[0]!.fail(new Error('the engine stopped'));
    assert.equal(await offered, undefined);
    assert.equal(failures.length, 1);
    const again = completer.offer(at('a'), unasked, never());
    await clock.pass(350);
    await asked[1]!.answer('b');
    assert.equal((await again)?.text, 'b');
  });

  it('has one request at a time under way, and leaves none', async () => {
    const { completer, clock, asked } = setUp();
    const texts = ['x', 'y', 'xy', 'xyz', 'q', 'qr'];
    for (const text of texts) {
      void completer.offer(at(text), { ...unasked, afterwards: (offer) => at(text + offer) }, never());
      await clock.pass(400);
      const open = asked.filter(({ signal, done }) => !signal.aborted && !done);
      assert.equal(open.length, 1);
      if (text === 'xy') await open[0]!.answer('zz');
    }
    completer.stop();
    assert(asked.every(({ signal, done }) => signal.aborted || done));
  });
});
