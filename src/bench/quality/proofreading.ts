/** What a model finds by reading held-out functions once as they stand: the place of a mistake, a correction that mends it, and that right code is right. */
import { correctionsOf, readLabels } from '../../diffusion/proofread';
import type { TextTools } from '../../diffusion/surprise';
import { structureOf } from '../../diffusion/variable-length';
import { runCalls } from '../../training/tasks/repair/calls';
import { readRepairTasks } from '../../training/tasks/repair/task-files';
import { callsOf, solves } from '../../training/tasks/repair/tasks';
import { proofreadCases } from '../../training/tune/examples';
import { actionOdds, afterAction, isAction } from '../../training/tune/proofread/policy';
import type { Proofreading } from './job';
import { shareOfTrue } from './shares';

/** Corrections tried of each case, likeliest first. */
const candidates = 10;
const suspected = 3;

/** Throws CorpusError where there are no tasks, and the signal's reason when aborted. Null: the tokenizer lacks the labels. */
export async function measureProofreading(tools: TextTools, folder: string, signal: AbortSignal): Promise<Proofreading | null> {
  const structure = structureOf(tools);
  if (!structure) return null;
  const { model, tokenizer } = tools;
  const allowed = isAction(tokenizer, structure);
  const { broken, right } = proofreadCases(await readRepairTasks(folder, 'held-out'), tokenizer, model.config.maxSequence);
  const read = async (text: string): Promise<{ tokens: number[]; rows: Awaited<ReturnType<typeof readLabels>> }> => {
    signal.throwIfAborted();
    const tokens = tokenizer.encode(text);
    return { tokens, rows: await readLabels(model, structure, tokens, { from: 0, until: tokens.length }) };
  };
  const [first, among, apart]: [boolean[], boolean[], boolean[]] = [[], [], []];
  const alarms = new Map<string, number>();
  const texts: string[][] = [];
  for (const { shown } of right) {
    const { tokens, rows } = await read(shown);
    alarms.set(shown, alarmOf(actionOdds(tokens, rows, allowed)));
  }
  for (const one of broken) {
    const { tokens, rows } = await read(one.shown);
    const wrong = new Set(correctionsOf(tokens, tokenizer.encode(one.right), structure).map((c) => c.at));
    const doubtful = rows.map((row, at) => ({ at, logp: row.logp(tokens[at]!) })).sort((a, b) => a.logp - b.logp);
    first.push(wrong.has(doubtful[0]!.at));
    among.push(doubtful.slice(0, suspected).some(({ at }) => wrong.has(at)));
    const odds = actionOdds(tokens, rows, allowed);
    const calm = alarms.get(one.right);
    if (calm !== undefined) apart.push(alarmOf(odds) > calm);
    const made = odds.map(({ action }) => (action ? tokenizer.decode(afterAction(tokens, action, structure.delete)) : one.shown));
    texts.push([...new Set(made.filter((text) => text !== one.shown))].slice(0, candidates));
  }
  const outcomes = await runCalls(
    broken.flatMap((one, i) => texts[i]!.map((text, k) => callsOf(one, text, i * candidates + k))),
    signal,
  );
  let at = 0;
  const solved = broken.map((one, i) => texts[i]!.map(() => solves(one.calls, outcomes[at++]!)));
  return {
    placeFirst: shareOfTrue(first),
    placeAmongThree: shareOfTrue(among),
    pass1: shareOfTrue(solved.map((s) => s[0] ?? false)),
    pass10: shareOfTrue(solved.map((s) => s.some(Boolean))),
    toldApart: shareOfTrue(apart),
  };
}

/** Log odds of the likeliest correction against none. */
function alarmOf(odds: ReturnType<typeof actionOdds>): number {
  return odds.find(({ action }) => action !== null)?.gain ?? -Infinity;
}
