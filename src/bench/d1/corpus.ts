/** Puzzles and documents for each part of the experiment, kept apart by the puzzle itself. */
import { Random } from '../../training/random';
import { completionText, encode, paddedPrompt } from './alphabet';
import { heldOut } from './settings';
import { promptLength, type D1Task, type Document } from './task';

/** Held-out puzzles, the same for every arm and seed; `file` puts others in their place. */
export function heldOutPuzzles<P>(task: D1Task<P>, count = heldOut): P[] {
  return distinct(task, Random.seeded(0x4e1d), new Set(), count);
}

/** A source of puzzles that are never held out. */
export function freshPuzzles<P>(task: D1Task<P>, kept: readonly P[], random: Random): () => P {
  const closed = new Set(kept.map((p) => task.key(p)));
  return () => {
    for (;;) {
      const puzzle = task.puzzle(random);
      if (!closed.has(task.key(puzzle))) return puzzle;
    }
  };
}

function distinct<P>(task: D1Task<P>, random: Random, closed: Set<string>, count: number): P[] {
  const found: P[] = [];
  const seen = new Set(closed);
  while (found.length < count) {
    const puzzle = task.puzzle(random);
    const key = task.key(puzzle);
    if (seen.has(key)) continue;
    seen.add(key);
    found.push(puzzle);
  }
  return found;
}

/** Tokens that a document needs at least, the end token included. */
export function tokensOf({ reasoning, answer }: Document): number {
  return encode(completionText(reasoning, answer)).length + 1;
}

/**
 * Token ids of a document's two parts, for a canvas of `room` completion tokens. Reasoning is followed by blanks, so that the answer fills the end of the canvas:
 * blocks are denoised from left to right, and an answer whose place depends on how long the reasoning will be is begun before that is known.
 */
export function laidOut(document: Document, room: number): { readonly prompt: number[]; readonly completion: number[] } {
  const blanks = document.reasoning === '' ? 0 : Math.max(0, room - tokensOf(document));
  return {
    prompt: paddedPrompt(document.prompt, promptLength),
    completion: encode(completionText(document.reasoning + ' '.repeat(blanks), document.answer)),
  };
}
