import assert from 'node:assert/strict';
import { revisionFrame } from '../../../../src/diffusion/revise';
import type { EditPair } from '../../../../src/training/tasks/edits/pairs';
import { Random } from '../../../../src/training/random';
import { drawRevision, revisionBatch, type RevisedCell } from '../../../../src/training/tune/revisions/examples';

const structure = { expand: 1, delete: 2 };
const maskToken = 3;
/** A token for each character. */
const encode = (text: string): number[] => Array.from(text, (c) => 10 + c.charCodeAt(0));
const tools = { encode, structure, maskToken };
const decode = (ids: readonly number[]): string => String.fromCharCode(...ids.map((id) => id - 10));

/** What one reading by a perfect model makes of a state; masks of several tokens and gaps that were opened stay as masks. */
function carriedOut(cells: readonly RevisedCell[]): number[] {
  return cells.flatMap(({ id, label }) => {
    if (label === structure.delete) return [];
    if (label === structure.expand) return id === maskToken ? [maskToken] : [maskToken, id];
    return [label];
  });
}

const revisions: EditPair[] = [
  { kind: 'k', instruction: 'Use const.', before: 'var a = 1;', after: 'const a = 1;' },
  { kind: 'k', instruction: 'Use b.', before: 'f(a, a)', after: 'f(b)' },
  { kind: 'k', instruction: 'End it.', before: 'return x', after: 'return x;\n}' },
];

describe('states of a revision', () => {
  it('lead to the text that is asked for, whatever was done before', () => {
    const random = Random.seeded(1);
    for (const revision of revisions)
      for (let i = 0; i < 200; i++) {
        const cells = drawRevision(revision, 1000, tools, random)!;
        const after = decode(carriedOut(cells));
        const { after: closing } = revisionFrame('');
        assert.ok(after.includes('<answer>') && after.endsWith(closing));
        const text = after.slice(after.indexOf('<answer>') + '<answer>'.length, -closing.length);
        // Each mask stands for one or more tokens of the goal.
        const pattern = Array.from(text, (c) => (c === decode([maskToken]) ? '[^]+' : c.replace(/\W/g, '\\$&'))).join('');
        assert.match(revision.after, new RegExp(`^${pattern}$`));
      }
  });

  it('are of all kinds, and leave alone what is as it is asked to be', () => {
    const random = Random.seeded(2);
    const drawn = Array.from({ length: 300 }, () => drawRevision(revisions[2]!, 1000, tools, random)!);
    const has = (part: RevisedCell['part']) => (cells: readonly RevisedCell[]) => cells.some((c) => c.part === part);
    const still = drawn.filter((cells) => cells.every((c) => c.id === c.label));
    assert.ok(drawn.filter(has('masked')).length > 30 && drawn.filter(has('changed')).length > 100 && still.length > 30);
    assert.equal(drawRevision(revisions[2]!, 20, tools, random), null);
  });

  it('weigh changes, masks and what stays, and hide what is behind the text', () => {
    const cell = (id: number, label: number, part: RevisedCell['part']): RevisedCell => ({ id, label, part });
    const examples = [
      [cell(5, 5, 'fixed'), cell(6, 6, 'kept'), cell(7, 8, 'changed')],
      [cell(5, 5, 'fixed'), cell(6, 6, 'kept'), cell(3, 9, 'masked'), cell(3, 2, 'masked')],
    ];
    const batch = revisionBatch(examples, { length: 5, endToken: 0, keepWeight: 0.5 });
    assert.deepEqual([...batch.ids], [5, 6, 7, 0, 0, 5, 6, 3, 3, 0]);
    assert.deepEqual([...batch.hidden!], [0, 0, 0, 1, 1, 0, 0, 0, 0, 1]);
    assert.deepEqual([...batch.rows], [1, 2, 6, 7, 8]);
    assert.deepEqual([...batch.targets], [6, 8, 6, 9, 2]);
    assert.deepEqual([...batch.values['row_weights']!], [0.25, 1, 0.25, 0.5, 0.5]);
  });
});
