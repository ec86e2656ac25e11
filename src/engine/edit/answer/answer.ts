/** Edits by a model that follows instructions: it is asked by its chat template, and its answer is used only where it fits into the file. */
import type { CodeModel, CompletionStep } from '../../../diffusion/code-model';
import type { Hunk } from '../../../edits/plan/plan';
import type { SourceUnit } from '../../../edits/source';
import { ask, type Question } from './prompt';
import { hunksOf } from './hunks';
import { readAnswer, type Unusable } from './read';

export type AnswerOutcome =
  | { readonly kind: 'edited'; readonly hunks: readonly Hunk[]; readonly forwards: number }
  | { readonly kind: 'same'; readonly forwards: number }
  | { readonly kind: 'unusable'; readonly unusable: Unusable; readonly answer: string; readonly forwards: number }
  | { readonly kind: 'too-long'; readonly needed: number }
  | { readonly kind: 'template-fails'; readonly error: Error };

interface Watch {
  readonly signal: AbortSignal;
  readonly onStep: (step: CompletionStep) => void;
  readonly breathe: () => Promise<void>;
}

/** Asks once, at no temperature: the same question has the same answer. Throws the signal's reason when aborted, between steps. */
export async function editByAnswer(
  model: CodeModel & Required<Pick<CodeModel, 'chat'>>,
  unit: SourceUnit,
  question: Omit<Question, 'text' | 'file'>,
  { signal, onStep, breathe }: Watch,
): Promise<AnswerOutcome> {
  let asked: ReturnType<typeof ask>;
  try {
    asked = ask(model, { ...question, text: unit.text, file: unit.fileName });
  } catch (error) {
    if (error instanceof Error && error.name === 'ModelError') return { kind: 'template-fails', error };
    throw error;
  }
  if ('needed' in asked) return { kind: 'too-long', needed: asked.needed };
  let forwards = 0;
  const watched = (step: CompletionStep): void => {
    forwards = step.step;
    onStep(step);
  };
  const [completion] = await model.complete({ ...asked, onStep: watched }, { signal, priority: 'interactive' });
  if (!completion) throw new Error('The prompt was measured to leave room, and left none.');
  const { text, finished } = completion;
  const read = readAnswer(unit, question.region, text, finished);
  if ('why' in read) return { kind: 'unusable', unusable: read, answer: text, forwards };
  const hunks = await hunksOf(unit, question.region, read.lines, breathe);
  return hunks.length === 0 ? { kind: 'same', forwards } : { kind: 'edited', hunks, forwards };
}
