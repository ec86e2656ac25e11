/** Where a replay stands and what keys and time do to it. Pure. */

export interface Playback {
  readonly frame: number;
  readonly playing: boolean;
}

export type Move = 'previous' | 'next' | 'first' | 'last' | 'toggle' | 'tick' | { readonly to: number };

const keys: ReadonlyMap<string, Move> = new Map<string, Move>([
  ['ArrowLeft', 'previous'],
  ['ArrowRight', 'next'],
  ['Home', 'first'],
  ['End', 'last'],
  [' ', 'toggle'],
]);

/** What a key means; undefined for keys that mean nothing here. Names as in `KeyboardEvent.key`. */
export function moveOfKey(key: string): Move | undefined {
  return keys.get(key);
}

/** The next state of a replay whose frames are 0 to `last`. Whoever moves by hand stops the playing. */
export function move({ frame, playing }: Playback, what: Move, last: number): Playback {
  const at = (to: number): Playback => ({ frame: Math.min(last, Math.max(0, Math.trunc(to))), playing: false });
  switch (what) {
    case 'previous':
      return at(frame - 1);
    case 'next':
      return at(frame + 1);
    case 'first':
      return at(0);
    case 'last':
      return at(last);
    case 'toggle':
      // At the end there is nothing left to play: from the beginning again.
      return playing ? { frame, playing: false } : { frame: frame >= last ? 0 : frame, playing: last > 0 };
    case 'tick':
      if (!playing) return { frame, playing };
      return { frame: Math.min(last, frame + 1), playing: frame + 1 < last };
    default:
      return at(what.to);
  }
}
