/** Edit Selection: what an instruction means, the edits that follow it, and an honest word on how they came about. Writes nothing. */
import path from 'node:path';
import type * as z from 'zod';
import type { CodeModel } from '../../diffusion/code-model';
import { editKinds } from '../../edits';
import { nearlyMeant, understand, type Understood } from '../../edits/instruct/tasks';
import { meansImprove } from '../../edits/instruct/words';
import { improvingKinds } from '../../edits/plan/improve';
import { planEdits, type Hunk, type Region } from '../../edits/plan/plan';
import { regionAround } from '../../edits/plan/region';
import { loadTypescript, parseSource, syntaxErrors, type SourceUnit } from '../../edits/source';
import { applyEdits } from '../../edits/text';
import type { DenoisingStep } from '../../protocol/denoising';
import type { EditOffer, EditOffersResult, editParams, EditResult, EditTarget } from '../../protocol/edit';
import type { Progress } from '../../protocol/messages';
import { hashOf, unifiedDiff } from '../../repair/report/result';
import { editByAnswer } from './answer/answer';
import { breathing, serves } from '../sources';
import { denoiseRegion } from './denoise';
import { plainText, type PlainText } from './line-breaks';
import { offersFor, offersOf } from './offers';
import { editByRevision } from './revision';
import { answerTeller, stepTeller } from './steps';
import * as words from './words';

export interface EditContext {
  readonly model: CodeModel | null;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

type Params = z.output<typeof editParams>;

/** What came of an instruction, at offsets of the plain text. */
interface Outcome {
  readonly status: EditResult['status'];
  readonly how: EditResult['how'];
  readonly reason?: EditResult['reason'];
  readonly message: string;
  readonly hunks: readonly Hunk[];
  readonly steps: number;
}

interface Work {
  readonly params: Params;
  readonly context: EditContext;
  readonly plain: PlainText;
  readonly unit: SourceUnit;
  readonly region: Region;
  readonly record: DenoisingStep[];
}

/** Edits a region by an instruction. Rejects with the signal's reason when cancelled. */
export async function edit(params: Params, context: EditContext): Promise<EditResult> {
  const began = performance.now();
  const plain = plainText(params.text);
  const work: Work = { params, context, plain, record: [], ...open(params, plain) };
  const outcome = serves(params.file) ? await follow(work) : none('refused', words.otherLanguage(params.file), 'language');
  context.signal.throwIfAborted();
  const hunks = outcome.hunks.map((hunk) => ({ title: hunk.title, kinds: [...hunk.kinds], changes: hunk.changes.map((c) => plain.restore(c)) })); // prettier-ignore
  const changes = hunks.flatMap((h) => h.changes);
  const newText = changes.length === 0 ? undefined : applyEdits(params.text, changes);
  const { offers, suggestion } = outcome.status === 'edited' || outcome.reason === 'language' ? { offers: [] } : await instead(work, outcome); // prettier-ignore
  const start = Math.min(plain.toOriginal(work.region.start), ...changes.map((c) => c.start));
  const end = Math.max(plain.toOriginal(work.region.end), ...changes.map((c) => c.end));
  return {
    status: outcome.status,
    how: outcome.how,
    ...(outcome.reason && { reason: outcome.reason }),
    message: suggestion === undefined ? outcome.message : `${outcome.message} ${words.didYouMean(suggestion)}`,
    file: params.file,
    range: { start, end },
    hunks,
    ...(newText !== undefined && { newText }),
    diff: newText === undefined ? '' : unifiedDiff(path.basename(params.file), params.text, newText),
    baseHash: hashOf(params.text),
    offers,
    ...(suggestion !== undefined && { suggestion }),
    steps: outcome.steps,
    seconds: (performance.now() - began) / 1000,
    device: context.model?.info.device ?? 'none',
    ...(params.record && { record: work.record }),
  };
}

/** What could be asked for instead; where words meant nothing, what they may have meant comes first, and is the suggestion. */
async function instead(
  { params, unit, region, context }: Work,
  { reason }: Outcome,
): Promise<{ offers: EditOffer[]; suggestion?: string | undefined }> {
  const offers = await offersFor(unit, region, breathing(context.signal));
  if (reason !== 'not-understood' && reason !== 'no-model' && reason !== 'too-long') return { offers };
  const near = offersOf(nearlyMeant(params.instruction, editKinds, unit), offers);
  return { offers: [...new Set([...near, ...offers])], suggestion: near[0]?.instruction };
}

/** What could be asked for there. */
export async function editOffers(target: EditTarget, signal: AbortSignal): Promise<EditOffersResult> {
  const plain = plainText(target.text);
  const { unit, region } = open(target, plain);
  const range = { start: plain.toOriginal(region.start), end: plain.toOriginal(region.end) };
  return { range, offers: serves(target.file) ? await offersFor(unit, region, breathing(signal)) : [] };
}

function open({ file, range }: EditTarget, plain: PlainText): { unit: SourceUnit; region: Region } {
  const unit = parseSource(loadTypescript(), path.basename(file), plain.text);
  return { unit, region: regionAround(unit, { start: plain.toPlain(range.start), end: plain.toPlain(range.end) }) };
}

async function follow(work: Work): Promise<Outcome> {
  const { params, unit, context } = work;
  const instruction = params.instruction.trim();
  const [error] = syntaxErrors(unit);
  const improve = meansImprove(instruction);
  context.onProgress({ message: 'Looking for known edits' });
  // Sources with syntax errors have no safe places: the model alone may mend them.
  const meant = improve || error !== undefined ? undefined : understand(instruction, editKinds, unit);
  if (meant) return byKinds(work, meant);
  if (improve && error === undefined) {
    const hunks = await plan(work, improvingKinds(editKinds).map((kind) => ({ kind }))); // prettier-ignore
    if (hunks.length > 0) return { status: 'edited', how: 'known', message: words.improved(hunks), hunks, steps: 0 };
  }
  return byModel(work, { improve, error });
}

async function byKinds(work: Work, { tasks, problems }: Understood): Promise<Outcome> {
  const hunks = tasks.length === 0 ? [] : await plan(work, tasks);
  const kinds = tasks.map(({ kind }) => kind.name);
  if (hunks.length > 0) return { status: 'edited', how: 'known', message: words.done(hunks, problems), hunks, steps: 0 };
  if (problems.length > 0) return none('refused', problems.join(' '), 'impossible');
  // What can't be shown to be safe may be wanted all the same.
  const refusal = words.nothingToDo(kinds);
  const revised = await byRevision(work, words.notShownSafe(kinds), kinds);
  return revised.hunks.length > 0 ? revised : { ...none('unchanged', refusal), steps: revised.steps };
}

function plan({ unit, region, context }: Work, tasks: Understood['tasks']): Promise<Hunk[]> {
  return planEdits(unit, tasks, region, { breathe: breathing(context.signal) });
}

async function byModel(work: Work, asked: { readonly improve: boolean; readonly error: string | undefined }): Promise<Outcome> {
  const { model } = work.context;
  if (!model) return none('refused', asked.improve ? words.nothingWithoutModel() : words.notUnderstoodWithoutModel(), 'no-model');
  if (!asked.improve && model.info.capabilities.includes('instruct')) return byAnswer(work, model, asked.error);
  if (!asked.improve && asked.error === undefined) {
    const revised = await byRevision(work, words.meansNone, []);
    // Writing anew what the model doubts would be an edit, but not the one that was asked for.
    return revised.status !== 'unchanged' ? revised : { ...none('refused', words.notUnderstood(model.info), 'not-understood'), steps: revised.steps }; // prettier-ignore
  }
  return byDoubt(work, model, asked.error);
}

/** By writing anew what the model doubts: where code shall be made better, or has a syntax error. */
async function byDoubt(work: Work, model: CodeModel, error: string | undefined): Promise<Outcome> {
  const { context, unit, region, plain } = work;
  const { id, device } = model.info;
  context.onProgress({ message: 'Looking for what the model doubts' });
  const onStep = stepTeller(plain, device, tellerOf(work));
  const { hunks, forwards, places } = await denoiseRegion(model, unit, region, { signal: context.signal, onStep });
  const facts = { id, places, error };
  if (hunks.length > 0) return { status: 'edited', how: 'denoised', message: words.denoised(hunks.length, facts), hunks, steps: forwards }; // prettier-ignore
  const outcome = error === undefined ? none('unchanged', words.nothingBetter(facts)) : none('refused', words.stillBroken(id, error), 'syntax'); // prettier-ignore
  return { ...outcome, steps: forwards };
}

/** By corrections of the region as it stands; unchanged where the model is not sure, or can't; refused where there is more than it can read. `why`: said first. */
async function byRevision(work: Work, why: string, kinds: readonly string[]): Promise<Outcome> {
  const { context, unit, region, plain, params } = work;
  const { revise, info } = context.model ?? {};
  if (!revise || !info) return none('unchanged', '');
  context.onProgress({ message: 'Asking the model' });
  const record: DenoisingStep[] = [];
  const onStep = answerTeller(plain, region, info.device, tellerOf({ ...work, record }));
  const watch = { signal: context.signal, onStep, breathe: breathing(context.signal) };
  const found = await editByRevision(revise, unit, { region, instruction: params.instruction.trim(), kinds }, watch);
  if (found.kind === 'none') return { ...none('unchanged', ''), steps: found.forwards };
  if (found.kind === 'too-long') return none('refused', words.tooLongToRevise(why, info.id, found.needed, info.maxSequence), 'too-long'); // prettier-ignore
  // What came to nothing is not replayed.
  work.record.push(...record);
  if (found.kind === 'known') return { status: 'edited', how: 'known', message: words.takenFor(why, found.edit, info.id), hunks: found.hunks, steps: found.forwards }; // prettier-ignore
  const message = words.revised(why, found.hunks.length, info.id, found.confidence);
  return { status: 'edited', how: 'denoised', message, hunks: found.hunks, steps: found.forwards };
}

/** By a model that follows instructions, asked in its own form. */
async function byAnswer(work: Work, model: CodeModel, error: string | undefined): Promise<Outcome> {
  const { context, unit, region, plain, params } = work;
  const { id, maxSequence, device } = model.info;
  const { chat } = model;
  if (!chat) return none('refused', words.noChatTemplate(id), 'no-chat-template');
  context.onProgress({ message: 'Asking the model' });
  const onStep = answerTeller(plain, region, device, tellerOf(work));
  const watch = { signal: context.signal, onStep, breathe: breathing(context.signal) };
  const found = await editByAnswer({ ...model, chat }, unit, { region, instruction: params.instruction.trim(), error }, watch);
  switch (found.kind) {
    case 'edited':
      return { status: 'edited', how: 'denoised', message: words.answered(found.hunks.length, id), hunks: found.hunks, steps: found.forwards }; // prettier-ignore
    case 'same':
      return { ...none('unchanged', words.sameAnswer(id)), steps: found.forwards };
    case 'unusable':
      return {
        ...none('refused', words.unusableAnswer(id, found.unusable, found.answer), 'unusable-answer'),
        steps: found.forwards,
      };
    case 'too-long':
      return none('refused', words.tooLong(id, found.needed, maxSequence), 'too-long');
    case 'template-fails':
      return none('refused', found.error.message, 'no-chat-template');
  }
}

/** Sends steps on, and keeps them where they are asked for. */
function tellerOf({ context, params, record }: Work): (step: DenoisingStep) => void {
  return (step) => {
    if (params.record) record.push(step);
    const open = step.cells.filter(({ text }) => text === null).length;
    context.onProgress({ message: words.denoising(open), denoising: step });
  };
}

function none(status: 'unchanged' | 'refused', message: string, reason?: EditResult['reason']): Outcome {
  return { status, how: 'none', message, hunks: [], steps: 0, ...(reason && { reason }) };
}
