import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { CodeTokenizer } from '../../model/tokenizer';

/** A stretch of real code with a gap: what stands before it, in it and after it. */
export interface GapTask {
  readonly before: readonly number[];
  readonly truth: readonly number[];
  readonly after: readonly number[];
}

/** Held-out code: the samples and this project's own sources, which the model was not trained on. Sorted, so that runs compare. */
export async function heldOutFiles(root: string): Promise<string[]> {
  const files: string[] = [];
  for (const folder of ['samples', 'src']) {
    for (const entry of await readdir(path.join(root, folder), { recursive: true, withFileTypes: true })) {
      const file = path.join(entry.parentPath, entry.name);
      if (entry.isFile() && /\.(js|mjs|ts)$/.test(file) && !file.includes('node_modules')) files.push(file);
    }
  }
  return files.sort();
}

/** `count` gaps of `gap` tokens, spread evenly over the held-out files. */
export async function gapTasks(
  root: string,
  tokenizer: CodeTokenizer,
  count: number,
  sizes: { before: number; gap: number; after: number },
): Promise<GapTask[]> {
  const need = sizes.before + sizes.gap + sizes.after;
  const texts = await Promise.all((await heldOutFiles(root)).map((f) => readFile(f, 'utf8')));
  const long = texts.map((t) => tokenizer.encode(t)).filter((ids) => ids.length >= need);
  return Array.from({ length: count }, (_, i) => {
    const ids = long[Math.floor((i * long.length) / count)]!;
    const at = Math.floor((ids.length - need) / 2);
    return {
      before: ids.slice(at, at + sizes.before),
      truth: ids.slice(at + sizes.before, at + sizes.before + sizes.gap),
      after: ids.slice(at + sizes.before + sizes.gap, at + need),
    };
  });
}
