/** What a model that follows instructions makes of the scope: asked once for each part, or declaration by declaration where a part is too long for it. */
import type { CodeModel } from '../../../diffusion/code-model';
import type { Region } from '../../../edits/plan/plan';
import { startOf, syntaxErrors } from '../../../edits/source';
import { editByAnswer } from '../../edit/answer/answer';
import type { RefactorHunk } from '../change';
import type { Part } from '../scope';

/** Questions that are asked for one refactoring: each takes seconds. */
const mostQuestions = 12;

export type ChatModel = CodeModel & Required<Pick<CodeModel, 'chat'>>;

/** True for models that can be asked in words. */
export function followsInstructions(model: CodeModel | null): model is ChatModel {
  return model?.chat !== undefined && model.info.capabilities.includes('instruct');
}

export interface AnswersAsked {
  readonly model: ChatModel;
  readonly parts: readonly Part[];
  readonly instruction: string;
  readonly signal: AbortSignal;
  readonly isLate: () => boolean;
  readonly breathe: () => Promise<void>;
}

export interface Answers {
  readonly hunks: readonly RefactorHunk[];
  /** Parts of which no answer could be used. */
  readonly unusable: number;
}

/** Asks for every part. Throws the signal's reason when aborted. */
export async function proposeAnswers(asked: AnswersAsked): Promise<Answers> {
  const hunks: RefactorHunk[] = [];
  let [questions, unusable] = [0, 0];
  for (const part of asked.parts) {
    const regions = [part.region];
    for (let region = regions.shift(); region; region = regions.shift()) {
      if (++questions > mostQuestions || asked.isLate()) return { hunks, unusable };
      const found = await answerFor(asked, part, region);
      if (found === 'too-long') {
        const pieces = declarationsIn(part, region);
        if (pieces.length > 1) regions.push(...pieces);
        else unusable++;
      } else if (found === 'unusable') unusable++;
      else hunks.push(...found);
    }
  }
  return { hunks, unusable };
}

async function answerFor(
  { model, instruction, signal, breathe }: AnswersAsked,
  part: Part,
  region: Region,
): Promise<readonly RefactorHunk[] | 'too-long' | 'unusable'> {
  const [error] = syntaxErrors(part.unit);
  const watch = { signal, breathe, onStep: (): void => undefined };
  const found = await editByAnswer(model, part.unit, { region, instruction, error }, watch);
  if (found.kind === 'same') return [];
  if (found.kind === 'too-long') return 'too-long';
  if (found.kind !== 'edited') return 'unusable';
  return found.hunks.map(({ title, changes }) => ({
    title,
    origin: 'denoised',
    files: [{ file: part.file, edits: changes.map((c) => part.plain.restore(c)) }],
  }));
}

/** Whole lines of each statement of the file that lies in a region. */
function declarationsIn({ unit }: Part, region: Region): Region[] {
  return unit.file.statements
    .map((node) => ({ start: unit.text.lastIndexOf('\n', startOf(unit, node) - 1) + 1, end: node.end }))
    .filter(({ start, end }) => start >= region.start && end <= region.end);
}
