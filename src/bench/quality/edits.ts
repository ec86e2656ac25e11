/** Instructed edits that the model writes by itself, on held-out functions. */
import { loadTypescript } from '../../edits/source';
import type { StepModel } from '../../model/step-model';
import type { CodeTokenizer } from '../../model/tokenizer';
import { Random } from '../../training/random';
import { completionTokens, sampleCompletions } from '../../training/rollout/sample';
import { parseFragment } from '../../training/tasks/edits/fragment';
import { readEditTasks } from '../../training/tasks/edits/edit-tasks';
import { editExample } from '../../training/tune/examples';
import type { Edits } from './job';
import { shareOfTrue } from './shares';

export interface EditMaterial {
  /** Folder of `npm run tasks`. */
  readonly tasks: string;
  /** Edits of each kind, at most. */
  readonly each: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

const spare = 8;

/** Temperature 0, one candidate. Throws CorpusError where there are no tasks, and the signal's reason when aborted. */
export async function measureEdits(model: StepModel, tokenizer: CodeTokenizer, m: EditMaterial): Promise<Edits> {
  const api = loadTypescript();
  const random = Random.seeded(m.seed);
  const length = model.config.maxSequence;
  const byKind = new Map<string, { readonly exact: boolean; readonly parses: boolean }[]>();
  let asked = 0;
  for (const task of await readEditTasks(m.tasks, 'held-out')) {
    m.signal.throwIfAborted();
    const found = byKind.get(task.kind) ?? [];
    byKind.set(task.kind, found);
    const example = editExample(task, tokenizer, { length, completion: 0 });
    if (!example || found.length >= m.each) continue;
    m.say(`edits: ${++asked}, ${task.kind}`);
    const room = Math.min(length - example.prompt.length, example.completion.length + spare);
    const after = await write(model, tokenizer, example.prompt, room, random, m.signal);
    found.push({ exact: after === task.after, parses: after !== null && parseFragment(api, task.path, after) !== undefined });
  }
  const all = [...byKind.values()].flat();
  return {
    exact: shareOfTrue(all.map((o) => o.exact)),
    parses: shareOfTrue(all.map((o) => o.parses)),
    kinds: Array.from(byKind, ([kind, outcomes]) => ({
      kind,
      exact: shareOfTrue(outcomes.map((o) => o.exact)),
      parses: shareOfTrue(outcomes.map((o) => o.parses)),
    })),
  };
}

/** What stands between the answer's tags; null where there is none. The room is that of the right answer and a little more: how long an answer may be is told. */
async function write(
  model: StepModel,
  tokenizer: CodeTokenizer,
  prompt: readonly number[],
  room: number,
  random: Random,
  signal: AbortSignal,
): Promise<string | null> {
  const { config } = model;
  const rollouts = await sampleCompletions(
    model,
    {
      prompts: [prompt],
      group: 1,
      completionLength: room,
      blockLength: room,
      schedule: { rule: { kind: 'threshold', threshold: 0.9 } },
      temperature: 0,
      random,
      cache: 'dual',
      forbidden: tokenizer.specialTokens.filter((id) => id !== config.endToken && id !== config.maskToken),
    },
    signal,
  );
  const text = tokenizer.decode(completionTokens(rollouts, 0, config.endToken));
  return /<answer>([^]*?)\n?<\/answer>/.exec(text)?.[1] ?? null;
}
