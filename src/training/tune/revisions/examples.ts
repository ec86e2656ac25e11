/** Revisions as they come about: some changes not begun, some half done, some done, and what the model is to say of each token (see diffusion/revise.ts). */
import { diffArrays } from 'diff';
import { revisionFrame } from '../../../diffusion/revise';
import type { StructureTokens } from '../../../diffusion/variable-length';
import type { Batch } from '../../batch';
import { cellTarget } from '../../objectives/infill';
import { Rows } from '../../objectives/sequences';
import { drawGap } from '../../objectives/variable-length';
import type { Random } from '../../random';
import type { EditPair } from '../../tasks/edits/pairs';

export interface RevisionTools {
  readonly encode: (text: string) => number[];
  readonly structure: Pick<StructureTokens, 'expand' | 'delete'>;
  readonly maskToken: number;
}

/** A token of a text that is being revised, and what is to become of it. */
export interface RevisedCell {
  readonly id: number;
  readonly label: number;
  /** `fixed`: the prompt's and the tags', of which nothing is asked, but whether something is missing before the closing tag. */
  readonly part: 'fixed' | 'kept' | 'changed' | 'masked';
}

/** Revisions of which nothing is done yet: where each begins. */
const fresh = 0.5;
/** Of the others, changes that are not begun. */
const untouched = 0.3;
/** Texts that are as they are asked to be. */
const done = 0.15;
/** Superfluous masks behind a gap, at most. */
const spareMasks = 2;

/** A state of a revision; null where it is longer than `length` tokens. */
export function drawRevision(pair: EditPair, length: number, tools: RevisionTools, random: Random): RevisedCell[] | null {
  const { encode, structure } = tools;
  const frame = revisionFrame(spoken(pair.instruction, random));
  const goal = encode(pair.after);
  const from = random.uniform() < done ? goal : encode(pair.before);
  const opened = random.uniform() < fresh ? () => false : () => random.uniform() >= untouched;
  const cells = fixed(encode(frame.before));
  let [removed, added]: [readonly number[], readonly number[]] = [[], []];
  const close = (next: RevisedCell): void => {
    const missing = added.slice(removed.length);
    if (opened()) {
      cells.push(...added.slice(0, removed.length).map((id) => ({ id, label: id, part: 'kept' }) as const));
      if (missing.length > 0) cells.push(...gapOf(missing, tools, random));
      cells.push(next);
    } else {
      cells.push(...removed.map((id, i): RevisedCell => ({ id, label: added[i] ?? structure.delete, part: 'changed' })));
      cells.push(missing.length > 0 ? { ...next, label: structure.expand, part: 'changed' } : next);
    }
    [removed, added] = [[], []];
  };
  for (const part of diffArrays(from, goal)) {
    if (part.added) added = part.value;
    else if (part.removed) removed = part.value;
    else {
      const [next, ...rest] = part.value.map((id): RevisedCell => ({ id, label: id, part: 'kept' }));
      close(next!);
      cells.push(...rest);
    }
  }
  const [first, ...rest] = fixed(encode(frame.after));
  close({ ...first!, part: 'kept' });
  cells.push(...rest);
  return cells.length <= length ? cells : null;
}

function fixed(ids: readonly number[]): RevisedCell[] {
  return ids.map((id) => ({ id, label: id, part: 'fixed' }));
}

/** What is missing, under masks that stand for one token, or for several. */
function gapOf(missing: readonly number[], { structure, maskToken }: RevisionTools, random: Random): RevisedCell[] {
  const of = { expandToken: structure.expand, deleteToken: structure.delete };
  return drawGap(missing.length, { merge: 'any', maxDelete: spareMasks }, random).cells.map((cell): RevisedCell => {
    const label = cellTarget(cell, missing, of);
    return cell.masked ? { id: maskToken, label, part: 'masked' } : { id: label, label, part: 'kept' };
  });
}

/** People begin with small letters, and leave the full stop out. */
function spoken(instruction: string, random: Random): string {
  if (random.uniform() < 0.5) return instruction;
  const bare = instruction.replace(/\.$/, '');
  return random.uniform() < 0.5 ? bare : bare.charAt(0).toLowerCase() + bare.slice(1);
}

export interface RevisionBatchOptions {
  readonly length: number;
  /** Stands behind the text; hidden. */
  readonly endToken: number;
  /** Weight of the mean over the tokens that stay, beside 1 of those over what is to be changed and over what is masked. */
  readonly keepWeight: number;
}

/** Loss: mean cross-entropy of the changes, nats, and that of the masks, and `keepWeight` times that of the tokens that stay. */
export function revisionBatch(examples: readonly (readonly RevisedCell[])[], o: RevisionBatchOptions): Batch {
  const size = examples.length * o.length;
  const ids = new Int32Array(size).fill(o.endToken);
  const hidden = new Uint8Array(size).fill(1);
  const rows = new Rows();
  const counts = { fixed: 0, kept: 0, changed: 0, masked: 0 };
  for (const cells of examples) for (const { part } of cells) counts[part]++;
  examples.forEach((cells, b) => {
    cells.forEach(({ id, label, part }, i) => {
      const at = b * o.length + i;
      ids[at] = id;
      hidden[at] = 0;
      if (part !== 'fixed') rows.add(at, label, (part === 'kept' ? o.keepWeight : 1) / counts[part]);
    });
  });
  return { batch: examples.length, length: o.length, ids, hidden, ...rows.fields() };
}
