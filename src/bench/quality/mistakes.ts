/** What Reason and Fix asks of a model before anything is run, on held-out functions with a mistake: is the right text likelier than the wrong one, and is its line surprising? */
import type { CodeModel } from '../../diffusion/code-model';
import { gainOf } from '../../repair/model/score';
import { minimal } from '../../repair/source/edits';
import type { RepairTask } from '../../training/tasks/repair/tasks';
import { readRepairTasks } from '../../training/tasks/repair/task-files';
import type { Mistakes } from './job';
import { shareOfTrue } from './shares';

/** Lines that are suspected. */
const suspected = 3;

/** Throws CorpusError where there are no tasks, and the signal's reason when aborted. */
export async function measureMistakes(model: CodeModel, folder: string, signal: AbortSignal): Promise<Mistakes> {
  const [likelier, surprising]: [boolean[], boolean[]] = [[], []];
  for (const { text: right, mistakes } of await readRepairTasks(folder, 'held-out')) {
    for (const mistake of mistakes) {
      likelier.push(await isRightLikelier(model, right, mistake.text, signal));
      surprising.push((await surprisingLines(model, mistake.text, signal)).includes(mistake.line));
    }
  }
  return { rightLikelier: shareOfTrue(likelier), lineSurprising: shareOfTrue(surprising) };
}

/** As the search weighs a candidate. */
async function isRightLikelier(model: CodeModel, right: string, wrong: string, signal: AbortSignal): Promise<boolean> {
  const { start, end, text } = minimal(wrong, { start: 0, end: wrong.length, text: right });
  const around = { prefix: wrong.slice(0, start), suffix: wrong.slice(end) };
  const [before, after] = await model.score({ ...around, candidates: [wrong.slice(start, end), text] }, { signal });
  return gainOf(before!, after!) > 0;
}

/** Lines (1-based) with the least likely tokens, that first. */
async function surprisingLines(model: CodeModel, text: RepairTask['text'], signal: AbortSignal): Promise<number[]> {
  const least = new Map<number, number>();
  for (const { start, logp } of await model.surprise({ text, start: 0, end: text.length }, { signal })) {
    const line = text
      .slice(0, start + 1)
      .trimEnd()
      .split('\n').length;
    least.set(line, Math.min(least.get(line) ?? 0, logp));
  }
  return [...least].sort((a, b) => a[1] - b[1]).slice(0, suspected).map(([line]) => line); // prettier-ignore
}
