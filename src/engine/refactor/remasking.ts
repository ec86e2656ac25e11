/** Self-correction: what evidence blames of the model's text is masked again and denoised, without what it was blamed for. */
import type { Trace } from '../../repair/report/trace';
import type { RefactorHunk } from './change';
import { placeKey, remask, type Denoiser } from './propose/denoise';
import type { Part } from './scope';

/** Times that one place is written anew before it keeps what the user wrote. */
const mostTries = 3;

export class Remasking {
  /** By place, what was refused there. */
  private readonly refused = new Map<string, string[]>();

  constructor(
    private readonly denoiser: Denoiser,
    private readonly parts: readonly Part[],
    private readonly trace: Trace,
  ) {}

  /** Another text for a blamed hunk of the model's; nothing for hunks of others, and where the model has no other. */
  async replace(hunk: RefactorHunk): Promise<readonly RefactorHunk[]> {
    if (hunk.origin !== 'denoised') return [];
    for (const { file, edits } of hunk.files) {
      for (const edit of edits) {
        const key = placeKey(file, edit);
        const known = this.refused.get(key) ?? [];
        if (known.length >= mostTries) return [];
        this.refused.set(key, [...known, edit.text]);
      }
    }
    const others = await remask(this.denoiser, this.parts, [hunk], this.refused);
    for (const other of others) this.trace.add('attempt', `Masked again, and now: ${other.title}.`);
    return others;
  }
}
