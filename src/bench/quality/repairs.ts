/** Repairs that the model writes by itself, with and without reasons, on held-out functions: judged by calls of what it makes of them. */
import type { StepModel } from '../../model/step-model';
import type { CodeTokenizer } from '../../model/tokenizer';
import { Random } from '../../training/random';
import { completionTokens, sampleCompletions } from '../../training/rollout/sample';
import { callsOf, solves } from '../../training/tasks/repair/tasks';
import { readRepairTasks } from '../../training/tasks/repair/task-files';
import { runCalls } from '../../training/tasks/repair/calls';
import { applyChange, readAnswer } from '../../repair/model/canvas';
import { repairCases, type RepairCase } from '../../training/tune/examples';
import type { Repairs } from './job';
import { shareOfTrue } from './shares';

export interface RepairMaterial {
  /** Folder of `npm run tasks`. */
  readonly tasks: string;
  /** Mistakes, and right texts, that are asked about. */
  readonly cases: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

/** Candidates of each case. */
const candidates = 10;
const completionLength = 96;
/** A denoising step for every second token, as in training. */
const tokensPerStep = 2;
const temperature = 0.7;

/** Throws CorpusError where there are no tasks, and the signal's reason when aborted. */
export async function measureRepairs(model: StepModel, tokenizer: CodeTokenizer, m: RepairMaterial): Promise<Repairs> {
  const sizes = { length: model.config.maxSequence, completion: completionLength };
  const { broken, right } = repairCases(await readRepairTasks(m.tasks, 'held-out'), tokenizer, sizes);
  const random = Random.seeded(m.seed);
  const [asked, sound] = [some(broken, m.cases, random), some(right, m.cases, random)];
  const arm = async (opening: string): Promise<Repairs['reasoned']> => {
    const outcomes: boolean[][] = [];
    for (const [i, one] of asked.entries()) {
      m.say(`repairs, ${opening} ${i + 1} of ${asked.length}`);
      const texts = await write(model, tokenizer, one, opening, m, random);
      outcomes.push(await judge(one, texts, m.signal));
    }
    return {
      // Each candidate is a first one: the mean over them is what one alone would score.
      pass1:
        outcomes.length === 0 ? 0 : outcomes.reduce((sum, o) => sum + o.filter(Boolean).length / o.length, 0) / outcomes.length,
      pass10: shareOfTrue(outcomes.map((o) => o.some(Boolean))),
    };
  };
  const reasoned = await arm('<reasoning>');
  const plain = await arm('<answer>');
  const alarms: boolean[] = [];
  for (const one of sound) {
    m.say(`right code ${alarms.length + 1} of ${sound.length}`);
    const [text] = await write(model, tokenizer, one, '', { ...m, candidates: 1 }, random);
    const answer = readAnswer(text!);
    alarms.push(answer !== 'keep' && answer !== null && applyChange(one.shown, answer) !== one.shown);
  }
  return { cases: asked.length, candidates, reasoned, plain, falseAlarms: shareOfTrue(alarms) };
}

/** Completions as text, with what they were made to begin with. */
async function write(
  model: StepModel,
  tokenizer: CodeTokenizer,
  one: RepairCase,
  opening: string,
  m: Pick<RepairMaterial, 'signal'> & { readonly candidates?: number },
  random: Random,
): Promise<string[]> {
  const { config } = model;
  const group = m.candidates ?? candidates;
  const rollouts = await sampleCompletions(
    model,
    {
      prompts: [[...one.prompt, ...tokenizer.encode(opening)]],
      group,
      completionLength,
      blockLength: completionLength / 2,
      schedule: { steps: completionLength / tokensPerStep },
      temperature: group === 1 ? 0 : temperature,
      random,
      cache: 'dual',
      forbidden: tokenizer.specialTokens.filter((id) => id !== config.endToken && id !== config.maskToken),
    },
    m.signal,
  );
  return Array.from({ length: group }, (_, b) => opening + tokenizer.decode(completionTokens(rollouts, b, config.endToken)));
}

async function judge(one: RepairCase, texts: readonly string[], signal: AbortSignal): Promise<boolean[]> {
  const made = texts.map((text) => {
    const answer = readAnswer(text);
    return answer === null || answer === 'keep' ? null : applyChange(one.shown, answer);
  });
  const jobs = made.map((text, id) => callsOf(one, text ?? '', id));
  const outcomes = await runCalls(jobs, signal);
  return made.map((text, i) => text !== null && solves(one.calls, outcomes[i]!));
}

function some<T>(list: readonly T[], count: number, random: Random): T[] {
  const left = [...list];
  return Array.from({ length: Math.min(count, left.length) }, () => left.splice(random.below(left.length), 1)[0]!);
}
