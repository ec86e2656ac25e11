import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  DataError,
  parseExamples,
  readExamples,
  reasoningCompletion,
  reasoningInstruction,
  tokeniseExamples,
} from '../../../../src/training/data/examples';

const s1k = {
  question: 'What is 2 + 2?',
  thinking_trajectories: ['Two and two.', 'unused'],
  attempt: '4',
  solution: '4',
  cot: null,
  metadata: '{}',
};

describe('reading examples', () => {
  it('both kinds of rows, blank lines, a byte order mark and Windows line ends', () => {
    const text = `\uFEFF${JSON.stringify({ prompt: 'p', completion: 'c', id: 1 })}\r\n\r\n${JSON.stringify(s1k)}\r\n`;
    const { examples, problems } = parseExamples(text);
    assert.deepEqual(problems, []);
    assert.deepEqual(examples, [
      { prompt: 'p', completion: 'c' },
      {
        prompt: `${reasoningInstruction}\n\nWhat is 2 + 2?`,
        completion: '<reasoning>\nTwo and two.\n</reasoning>\n<answer>\n4\n</answer>',
      },
    ]);
  });

  it("d1's own way of writing tags, and no instruction", () => {
    const { examples } = parseExamples(JSON.stringify({ ...s1k, thinking_trajectories: 'T' }), {
      instruction: '',
      ownLines: false,
    });
    assert.deepEqual(examples, [{ prompt: 'What is 2 + 2?', completion: '<reasoning>T</reasoning>\n<answer>4</answer>' }]);
  });

  it('a JSON array', () => {
    const { examples, problems } = parseExamples(` [${JSON.stringify(s1k)}, 3]`);
    assert.equal(examples.length, 1);
    assert.deepEqual(problems, [{ line: 2, problem: 'not an object' }]);
  });

  it('lines that do not fit are named by number and reason, the others are read', () => {
    const lines = ['{"prompt":"a","completion":"b"}', '{"prompt":', '[1]', '{"text":"x"}', '{"question":"q","thinking_trajectories":[],"attempt":"a"}', '{"prompt":"a"}', '', '{"prompt":"c","completion":"d"}']; // prettier-ignore
    const { examples, problems } = parseExamples(lines.join('\n'));
    assert.equal(examples.length, 2);
    assert.deepEqual(
      problems.map((p) => p.line),
      [2, 3, 4, 5, 6],
    );
    assert.match(problems[0]!.problem, /not JSON/);
    assert.match(problems[2]!.problem, /neither prompt and completion nor question/);
    assert.match(problems[3]!.problem, /thinking_trajectories/);
    assert.match(problems[4]!.problem, /completion/);
  });

  it('files: missing, without a usable line, and good', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'examples-'));
    try {
      const [bad, good] = [path.join(folder, 'bad.jsonl'), path.join(folder, 'good.jsonl')];
      await writeFile(bad, '\n{"x":1}\n');
      await writeFile(good, JSON.stringify(s1k));
      await assert.rejects(
        readExamples(path.join(folder, 'none')),
        (e) => e instanceof DataError && e.message.includes('is missing'),
      );
      await assert.rejects(readExamples(bad), (e) => e instanceof DataError && e.message.includes('line 2'));
      assert.equal((await readExamples(good)).examples.length, 1);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('tokens: completions are cut or left out, prompts never', () => {
    const tokenizer = { encode: (text: string): number[] => [...Buffer.from(text)] };
    const texts = [
      { prompt: 'abc', completion: 'xy' },
      { prompt: 'abc', completion: 'xyz' },
      { prompt: 'abcdef', completion: 'x' },
    ];
    const right = tokeniseExamples(tokenizer, texts, { length: 6 });
    assert.deepEqual(
      right.examples.map((e) => [e.prompt.length, e.completion.length]),
      [
        [3, 2],
        [3, 3],
      ],
    );
    assert.deepEqual([right.cut, right.dropped], [1, 1]);
    const drop = tokeniseExamples(tokenizer, texts, { length: 6, truncate: 'drop' });
    assert.deepEqual([drop.examples.length, drop.cut, drop.dropped], [1, 0, 2]);
    assert.equal(reasoningCompletion('r', 'a').startsWith('<reasoning>\nr\n'), true);
  });
});
