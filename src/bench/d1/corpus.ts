/** Puzzles and documents for each part of the experiment, kept apart by the puzzle itself. */
import { Random } from '../../training/random';
import { encode, paddedPrompt } from './alphabet';
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

/** Token ids of a document's two parts. */
export function tokenised(document: Document): { readonly prompt: number[]; readonly completion: number[] } {
  return { prompt: paddedPrompt(document.prompt, promptLength), completion: encode(document.completion) };
}
