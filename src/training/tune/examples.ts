/** Examples of what the model is tuned to do, as token sequences: a prompt, and what follows it. */
import type { CodeTokenizer } from '../../model/tokenizer';
import type { Example } from '../objectives/sft';
import { keepCompletion, repairCompletion, repairPrompt, type FailingCall } from '../../repair/model/canvas';
import { failingCall, type RepairTask } from '../tasks/repair/tasks';

/** A repair as the rewards see it: what the model is shown, and the calls that judge what it makes of it. */
export interface RepairCase {
  readonly name: string;
  /** What stands in the prompt; the right text where nothing is wrong. */
  readonly shown: string;
  readonly right: string;
  /** Null where nothing is wrong. */
  readonly failing: FailingCall | null;
  readonly kind: string;
  readonly tried: RepairTask['mistakes'][number]['tried'];
  readonly calls: RepairTask['calls'];
  readonly prompt: readonly number[];
}

export interface ExampleSizes {
  /** Tokens of the whole canvas. */
  readonly length: number;
  /** Tokens that a completion may have, its end token among them. */
  readonly completion: number;
}

/** Every mistake, and every right text, that fits: its prompt leaves the completion's room. */
export function repairCases(
  tasks: readonly RepairTask[],
  tokenizer: CodeTokenizer,
  sizes: ExampleSizes,
): { readonly broken: RepairCase[]; readonly right: RepairCase[] } {
  const room = sizes.length - sizes.completion;
  const [broken, right]: [RepairCase[], RepairCase[]] = [[], []];
  for (const task of tasks) {
    const { name, text, calls } = task;
    const add = (to: RepairCase[], of: Omit<RepairCase, 'prompt' | 'name' | 'right' | 'calls'>): void => {
      const prompt = tokenizer.encode(repairPrompt(of.shown, of.failing));
      if (prompt.length <= room) to.push({ ...of, name, right: text, calls, prompt });
    };
    add(right, { shown: text, failing: null, kind: 'none', tried: undefined });
    for (const mistake of task.mistakes)
      add(broken, { shown: mistake.text, failing: failingCall(task, mistake), kind: mistake.kind, tried: mistake.tried });
  }
  return { broken, right };
}

/** The same of texts that are to be proofread: they alone have to fit. */
export function proofreadCases(
  tasks: readonly RepairTask[],
  tokenizer: CodeTokenizer,
  length: number,
): { readonly broken: RepairCase[]; readonly right: RepairCase[] } {
  const all = repairCases(tasks, tokenizer, { length: Infinity, completion: 0 });
  const fits = ({ shown }: RepairCase): boolean => tokenizer.encode(shown).length <= length;
  return { broken: all.broken.filter(fits), right: all.right.filter(fits) };
}

/** The example of a case; null where what is to be written does not fit. */
export function exampleOf(one: RepairCase, tokenizer: CodeTokenizer, reasons: boolean, sizes: ExampleSizes): Example | null {
  const { failing, kind, tried } = one;
  const text = failing ? repairCompletion(one.shown, one.right, { failing, kind, tried }, reasons) : keepCompletion(reasons);
  const completion = tokenizer.encode(text);
  return completion.length < sizes.completion ? { prompt: one.prompt, completion } : null;
}
