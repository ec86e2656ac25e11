/** What the model wrote, denoised again where evidence speaks against it. */
import type { CodeModel } from '../../../diffusion/code-model';
import { denoisePlaces, type Denoised } from '../../edit/denoise';
import type { RefactorHunk } from '../change';
import type { Part } from '../scope';

export interface Denoiser {
  readonly model: CodeModel;
  readonly signal: AbortSignal;
  /** Forward passes so far. */
  forwards: number;
}

const ignore = (): void => undefined;

/**
 * Masks exactly what was blamed once more and denoises it, all else as it stands; no place gets again what it had when it was blamed. `refused`: by place,
 * the texts that evidence spoke against.
 */
export async function remask(
  denoiser: Denoiser,
  parts: readonly Part[],
  blamed: readonly RefactorHunk[],
  refused: ReadonlyMap<string, readonly string[]>,
): Promise<RefactorHunk[]> {
  const hunks: RefactorHunk[] = [];
  for (const part of parts) {
    const places = blamed.flatMap((hunk) =>
      hunk.files.filter(({ file }) => file === part.file).flatMap(({ edits }) =>
        edits.map((edit) => ({
          start: part.plain.toPlain(edit.start),
          end: part.plain.toPlain(edit.end),
          avoid: refused.get(placeKey(part.file, edit)) ?? [],
        })),
      ),
    ); // prettier-ignore
    const { model, signal } = denoiser;
    hunks.push(...hunksOf(denoiser, part, await denoisePlaces(model, part.unit, places, { signal, onStep: ignore })));
  }
  return hunks;
}

/** Names a place of a file. */
export function placeKey(file: string, { start, end }: { readonly start: number; readonly end: number }): string {
  return `${file}:${start}:${end}`;
}

function hunksOf(denoiser: Denoiser, part: Part, { hunks, forwards }: Denoised): RefactorHunk[] {
  denoiser.forwards += forwards;
  return hunks.map(({ title, changes }) => ({
    title,
    origin: 'denoised',
    files: [{ file: part.file, edits: changes.map((c) => part.plain.restore(c)) }],
  }));
}
