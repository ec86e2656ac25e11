/** Follows an offer from the moment it is shown until it is taken or left, as far as that can be seen from the places that completions are asked for at. Pure. */
import { typedSince, type Offer, type Place } from '../reuse';

/** An offer that goes sooner has hardly been read, so that nothing follows from its being left. */
const readMs = 400;
/** Who takes this share of an offer took it. */
const takenShare = 0.5;

interface Shown {
  readonly place: Place;
  readonly offer: Offer;
  readonly at: number;
  /** Characters of it that stand in the document by now. */
  taken: number;
}

export class OfferWatch {
  private shown: Shown | undefined;

  constructor(private readonly report: (confidence: number, taken: boolean) => void) {}

  /** The cursor is at a place, at a time in milliseconds: what was shown may have been taken in part, or left. */
  reached(place: Place, now: number): void {
    const { shown } = this;
    if (shown === undefined) return;
    const typed = typedSince(shown.place, place);
    if (typed !== undefined && shown.offer.text.startsWith(typed)) {
      shown.taken = typed.length;
      if (typed.length === shown.offer.text.length) this.end(true);
    } else if (shown.taken >= takenShare * shown.offer.text.length) this.end(true);
    else if (now - shown.at >= readMs) this.end(false);
    else this.shown = undefined;
  }

  /** An offer is shown at a place. What is left of the one before is the same offer still. */
  show(place: Place, offer: Offer, now: number): void {
    const { shown } = this;
    const typed = shown && typedSince(shown.place, place);
    if (shown && typed !== undefined && shown.offer.text === typed + offer.text) return;
    this.shown = { place, offer, at: now, taken: 0 };
  }

  /** All of it was taken by a command. */
  accepted(): void {
    this.end(true);
  }

  /** What is shown, if anything, was demanded or is no evidence for another reason. */
  forget(): void {
    this.shown = undefined;
  }

  private end(taken: boolean): void {
    const { shown } = this;
    this.shown = undefined;
    if (shown) this.report(shown.offer.confidence, taken);
  }
}
