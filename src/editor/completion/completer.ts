/** From a place to an offer: what is known already, what is on its way and may still fit, and only then a new request. No editor in it. */
import { CompletionCache, remainder, typedSince, type Answer, type Offer, type Place } from './reuse';
import { TypingRhythm } from './rhythm';

export interface Request {
  readonly place: Place;
  /** `background`: asked for ahead of its time, so that everything else goes first. */
  readonly priority: 'typing' | 'background';
  /** The user asked for this one by a command, and prefers a doubtful answer to none. */
  readonly demanded: boolean;
  readonly hints: Hints;
}

/** What goes with a request beside its place. */
export interface Hints {
  /** Silence is better than an answer of less confidence than this, 0..1. */
  readonly minConfidence: number;
  /** Text from other files that may help. */
  readonly context: string;
}

/** Puts a request to the engine. Rejects when it fails or is aborted. */
export type Ask = (request: Request, signal: AbortSignal) => Promise<Answer>;

/** Time, so that tests need not wait. */
export interface Clock {
  /** Milliseconds of a steady clock. */
  now(): number;
  /** Resolves after a while, or at once when the signal aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export interface OfferOptions {
  readonly demanded: boolean;
  /** Longest wait after a key, in milliseconds; how long it really is, typing and engine decide. */
  readonly longestWaitMs: number;
  /** Worked out only when a place is really asked for. */
  readonly hints: (place: Place) => Hints;
  /** The place after the offer is taken, if that is to be asked for ahead. */
  readonly afterwards?: (text: string) => Place;
}

interface Running {
  readonly request: Request;
  readonly controller: AbortController;
  readonly startedAt: number;
  /** Resolves when the answer is in the cache or will never be; never rejects. */
  readonly settled: Promise<void>;
}

const cacheCapacity = 96;
/** An offer that stands for so long is being looked at, and may be taken: what comes after it is asked for. */
const lookMs = 150;
const fitsRemembered = 64;

export class Completer {
  readonly rhythm = new TypingRhythm();
  private readonly cache = new CompletionCache(cacheCapacity);
  private running: Running | undefined;
  private ahead: Running | undefined;
  private looking: AbortController | undefined;
  /** The place of the latest call. */
  private latest: Place | undefined;
  /** How often an answer still fitted what had been typed meanwhile; two of four before anything is known. */
  private fits = { times: 2, of: 4 };

  constructor(
    private readonly ask: Ask,
    private readonly clock: Clock,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** What to offer at a place; undefined for silence, and when `signal` aborts first. A request goes on all the same: the next place may be its own. */
  async offer(place: Place, options: OfferOptions, signal: AbortSignal): Promise<Offer | undefined> {
    this.looking?.abort();
    this.latest = place;
    const offered = (await this.find(place, options, signal)) ?? undefined;
    if (signal.aborted || offered === undefined) return undefined;
    if (options.afterwards) void this.askAhead(options.afterwards(offered.text), options);
    return offered;
  }

  /** Forgets all answers: they were computed by other settings. */
  forget(): void {
    this.stop();
    this.cache.clear();
  }

  /** Ends what is under way. */
  stop(): void {
    this.looking?.abort();
    this.running?.controller.abort();
    this.ahead?.controller.abort();
    this.running = this.ahead = undefined;
  }

  private async find(place: Place, options: OfferOptions, signal: AbortSignal): Promise<Offer | undefined> {
    const known = this.known(place, options);
    if (known !== undefined) return known.offer;
    this.dropWhatCannotFit(place);
    if (!options.demanded) {
      await this.settledWithin(this.rhythm.wait(options.longestWaitMs), signal, place, options);
      if (signal.aborted) return undefined;
    }
    for (const run of [this.running, this.ahead]) {
      if (run === undefined || !this.isWorthWaitingFor(run)) continue;
      await this.settledWithin(Math.max(0, this.remainingMs(run)), signal, place, options);
      if (signal.aborted) return undefined;
    }
    const arrived = this.known(place, options);
    if (arrived !== undefined) return arrived.offer;
    this.stop();
    const { demanded } = options;
    const run = this.start({ place, priority: 'typing', demanded, hints: options.hints(place) });
    this.running = run;
    const began = this.clock.now();
    await Promise.race([run.settled, aborted(signal)]);
    if (signal.aborted) return undefined;
    if (!run.controller.signal.aborted) this.rhythm.answered(this.clock.now() - began);
    return this.known(place, options)?.offer;
  }

  /** What the cache says of a place: an offer, or (`offer` undefined) that there is none. Silence is no answer to who demands one. */
  private known(place: Place, { demanded }: OfferOptions): { readonly offer: Offer | undefined } | undefined {
    const answer = this.cache.find(place);
    if (answer === undefined) return undefined;
    const { text, confidence } = answer;
    if (text !== null) return { offer: { text, confidence } };
    return demanded ? undefined : { offer: undefined };
  }

  /** Ends what was asked for a place from which nobody gets to this one by typing. */
  private dropWhatCannotFit(place: Place): void {
    for (const name of ['running', 'ahead'] as const) {
      const run = this[name];
      if (run === undefined || typedSince(run.request.place, place) !== undefined) continue;
      run.controller.abort();
      this[name] = undefined;
    }
  }

  /** Waits for a while; less when what is on its way arrives and fits. */
  private async settledWithin(milliseconds: number, signal: AbortSignal, place: Place, options: OfferOptions): Promise<void> {
    const arrived = new AbortController();
    const stop = AbortSignal.any([signal, arrived.signal]);
    for (const run of [this.running, this.ahead])
      void run?.settled.then(() => {
        if (this.known(place, options) !== undefined) arrived.abort();
      });
    if (milliseconds > 0) await this.clock.sleep(milliseconds, stop);
    arrived.abort();
  }

  private remainingMs(run: Running): number {
    return this.rhythm.typicalMs - (this.clock.now() - run.startedAt);
  }

  /** Waiting saves a request of the typical length if the answer fits, and costs what is left of the wait if it does not. */
  private isWorthWaitingFor(run: Running): boolean {
    const left = this.remainingMs(run);
    return left > 0 && left < (this.fits.times / this.fits.of) * this.rhythm.typicalMs;
  }

  private start(request: Request): Running {
    const controller = new AbortController();
    const { signal } = controller;
    const settled = this.ask(request, signal).then(
      (answer) => {
        if (signal.aborted) return;
        if (!request.demanded || answer.text !== null) this.cache.set(request.place, answer);
        this.learnFit(request, answer);
      },
      (error: unknown) => {
        if (!signal.aborted) this.onFailure(error);
      },
    );
    const run: Running = { request, controller, startedAt: this.clock.now(), settled };
    void settled.then(() => {
      if (this.running === run) this.running = undefined;
      if (this.ahead === run) this.ahead = undefined;
    });
    return run;
  }

  private async askAhead(place: Place, { hints }: OfferOptions): Promise<void> {
    const looking = new AbortController();
    this.looking = looking;
    await this.clock.sleep(lookMs, looking.signal);
    if (looking.signal.aborted || this.ahead !== undefined || this.cache.find(place) !== undefined) return;
    this.ahead = this.start({ place, priority: 'background', demanded: false, hints: hints(place) });
  }

  /** Where the user typed on while a request ran: whether its answer fitted all the same. */
  private learnFit({ place, priority }: Request, { text }: Answer): void {
    if (priority !== 'typing' || this.latest === undefined || !typedSince(place, this.latest)) return;
    const { times, of } = this.fits.of >= fitsRemembered ? { times: this.fits.times / 2, of: this.fits.of / 2 } : this.fits;
    this.fits = { times: times + Number(text !== null && remainder(place, text, this.latest) !== undefined), of: of + 1 };
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => { resolve(); }, { once: true }); // prettier-ignore
  });
}
