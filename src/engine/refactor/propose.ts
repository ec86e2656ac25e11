/** From an instruction to what is proposed: a rename, an action of the language service, known edits, or what the model writes. */
import type { CodeModel } from '../../diffusion/code-model';
import { meansImprove } from '../../edits/instruct/words';
import type { Region } from '../../edits/plan/plan';
import { loadTypescript } from '../../edits/source';
import type { RefactorResult } from '../../protocol/refactor';
import type { Trace } from '../../repair/report/trace';
import { collide, type RefactorHunk } from './change';
import type { ActionProposal } from './language/questions';
import { isName } from './names';
import { followsInstructions, proposeAnswers, type ChatModel } from './propose/answers';
import { asksForNames, proposeNames } from './propose/better-names';
import { nearestKnown, proposeKnown } from './propose/known';
import { nameGiven, namesByModel, withName } from './propose/names';
import type { Part } from './scope';
import type { ProjectThread } from './thread';
import * as words from './words';

export interface Asked {
  readonly project: ProjectThread;
  readonly file: string;
  readonly range: Region;
  readonly instruction: string;
  readonly action: string | undefined;
  readonly parts: readonly Part[];
  readonly model: CodeModel | null;
  readonly trace: Trace;
  readonly signal: AbortSignal;
  /** True when half of the time is over: the rest is for checks. */
  readonly isLate: () => boolean;
  readonly breathe: () => Promise<void>;
}

export type Proposal =
  | { readonly hunks: readonly RefactorHunk[]; readonly how: 'known' | 'service' | 'denoised' }
  | {
      readonly status: 'unchanged' | 'refused';
      readonly message: string;
      readonly reason?: RefactorResult['reason'];
      readonly suggestion?: string | undefined;
    };

/** What the instruction asks for. Throws the signal's reason when aborted. */
export async function propose(asked: Asked): Promise<Proposal> {
  const { project, file, range, trace } = asked;
  const instruction = meansImprove(asked.instruction) ? '' : asked.instruction.trim();
  if (asked.action === undefined && instruction !== '') {
    const rename = await project.ask('rename', file, range, instruction);
    if (rename && 'problem' in rename) return refused('impossible', `${rename.problem} Nothing was changed.`);
    if (rename) return { hunks: [rename.hunk], how: 'service' };
  }
  const action = asked.action ?? (instruction === '' ? undefined : await project.ask('meantAction', file, range, instruction));
  if (action !== undefined) return byAction(asked, action, instruction);
  if (asksForNames(instruction)) return byNames(asked);
  trace.say('Looking for known edits');
  const known = await proposeKnown(asked.parts, instruction, asked.breathe);
  if (known.hunks.length > 0) return { hunks: disjoint(known.hunks), how: 'known' };
  if (instruction !== '') {
    if (!known.understood && followsInstructions(asked.model)) return byAnswers(asked, asked.model, instruction);
    if (!known.understood) {
      const suggestion = await nearestKnown(asked.parts, instruction, asked.breathe);
      return { ...refused('not-understood', words.notUnderstood(asked.model?.info.id, suggestion)), suggestion };
    }
    const message = words.nothing(instruction, known.problems);
    return known.problems.length > 0 ? refused('impossible', message) : { status: 'unchanged', message };
  }
  return { status: 'unchanged', message: words.nothing('', []) };
}

async function byNames({ project, model, parts, signal, trace, isLate, breathe }: Asked): Promise<Proposal> {
  if (!model) return refused('no-model', words.namesNeedModel());
  trace.say(`Asking ${model.info.id} for names`);
  const isWrong = async (hunk: RefactorHunk): Promise<boolean> => {
    const [problem] = await project.ask('newProblems', [hunk]);
    if (problem) trace.add('evidence', `${hunk.title}: ${problem.message}`);
    return problem !== undefined;
  };
  const hunks = disjoint(await proposeNames({ project, model, parts, signal, isWrong, isLate, breathe }));
  return hunks.length > 0 ? { hunks, how: 'denoised' } : { status: 'unchanged', message: words.noBetterNames(model.info.id) };
}

async function byAnswers(
  { parts, signal, trace, isLate, breathe }: Asked,
  model: ChatModel,
  instruction: string,
): Promise<Proposal> {
  trace.say(`Asking ${model.info.id}`);
  const { hunks, unusable } = await proposeAnswers({ model, parts, instruction, signal, isLate, breathe });
  if (hunks.length > 0) return { hunks: disjoint(hunks), how: 'denoised' };
  const message = words.noAnswer(model.info.id, unusable);
  return unusable > 0 ? refused('impossible', message) : { status: 'unchanged', message };
}

function refused(reason: NonNullable<RefactorResult['reason']>, message: string): Extract<Proposal, { status: unknown }> {
  return { status: 'refused', reason, message };
}

async function byAction(asked: Asked, action: string, instruction: string): Promise<Proposal> {
  const { project, file, range } = asked;
  const proposal = await project.ask('action', file, range, action);
  if (!proposal) return { status: 'unchanged', message: words.nothing(instruction === '' ? action : instruction, []) };
  return { hunks: [await named(asked, proposal, instruction)], how: 'service' };
}

/** What an action makes gets the user's name, else the model's best that meets no other of that name, else keeps the service's. */
async function named(asked: Asked, proposal: ActionProposal, instruction: string): Promise<RefactorHunk> {
  const { project, model, trace, signal } = asked;
  if (!proposal.made) return proposal.hunk;
  const given = nameGiven(instruction);
  if (given !== undefined && isName(loadTypescript(), given)) return withName(proposal, given);
  if (!model) return proposal.hunk;
  trace.say(`Asking ${model.info.id} for a name`);
  for (const name of await namesByModel(model, project, proposal, signal)) {
    const hunk = withName(proposal, name);
    const [problem] = await project.ask('newProblems', [hunk]);
    if (!problem) {
      trace.add('propose', `${model.info.id} calls it "${name}"; Rename changes that everywhere.`);
      return hunk;
    }
    trace.add('evidence', `Not "${name}": ${problem.message}`);
  }
  return proposal.hunk;
}

/** The first of any that want the same characters. */
function disjoint(hunks: readonly RefactorHunk[]): RefactorHunk[] {
  const kept: RefactorHunk[] = [];
  for (const hunk of hunks) if (!kept.some((other) => collide(other, hunk))) kept.push(hunk);
  return kept;
}
