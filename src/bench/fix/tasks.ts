/** What the repair benchmark asks: the committed bugs of the samples, or sound functions that it breaks afresh. */
import { mulberry32 } from '../../model/weights';
import { applyEdits, tokensOf } from '../../repair/source/edits';
import { lineOf, loadTypescript, parses, parseSource } from '../../repair/source/parse';
import { findMistakes, mistakeKinds, type MistakeKind } from '../../training/tasks/repair/mistakes';
import { copySamples, findSoundFiles, readBugs, runTestFile, type SamplesCopy, type SoundFile } from './samples';
import { shuffled } from './shuffled';

export interface FixTask {
  readonly id: string;
  readonly file: string;
  readonly testFile: string;
  /** The broken text that the search gets to see. */
  readonly broken: string;
  /** Only for tasks that the benchmark broke itself. The search never gets this. */
  readonly truth?: { readonly kind: MistakeKind | 'real'; readonly line: number; readonly original: string };
}

export interface TaskSet {
  /** Where the tasks' files lie. The samples themselves for committed bugs. */
  readonly copy: SamplesCopy;
  readonly tasks: readonly FixTask[];
}

/** The committed bugs, in a copy of the samples. */
export async function committedTasks(samples: string): Promise<TaskSet> {
  const copy = await copySamples(samples, { soundOnly: false });
  const bugs = await readBugs(samples);
  const tasks = await Promise.all(
    bugs.map(async ({ file, testFile }) => ({ id: file, file, testFile, broken: await copy.read(file) })),
  );
  return { copy, tasks };
}

interface Draft extends SoundFile {
  readonly kind: MistakeKind;
  readonly line: number;
  readonly original: string;
  readonly broken: string;
}

async function draftsOf(copy: SamplesCopy, sound: SoundFile): Promise<Draft[]> {
  const api = loadTypescript();
  const original = await copy.read(sound.file);
  const unit = parseSource(api, sound.file, original);
  const seen = new Set([tokensOf(api, original).join(' ')]);
  const drafts: Draft[] = [];
  for (const { kind, edit } of findMistakes(unit)) {
    const broken = applyEdits(original, [edit]);
    const key = tokensOf(api, broken).join(' ');
    if (seen.has(key) || !parses(api, sound.file, broken)) continue;
    seen.add(key);
    drafts.push({ ...sound, kind, line: lineOf(unit, edit.start), original, broken });
  }
  return drafts;
}

/**
 * Breaks sound sources: `count` mutants that the tests notice (and that do not hang), drawn by `seed`, spread over the kinds of mistakes and
 * over the files. The same seed gives the same mutants as long as the samples stay as they are.
 */
export async function mutantTasks(samples: string, count: number, seed: number, signal?: AbortSignal): Promise<TaskSet> {
  const copy = await copySamples(samples, { soundOnly: true });
  try {
    const files = await findSoundFiles(samples);
    const chance = mulberry32(seed);
    const drafts = shuffled((await Promise.all(files.map((file) => draftsOf(copy, file)))).flat(), chance);
    const perFile = Math.ceil(count / files.length) + 1;
    const used = new Map<string, number>();
    const tasks: FixTask[] = [];
    const queues = shuffled(mistakeKinds, chance).map((kind) => drafts.filter((draft) => draft.kind === kind));
    while (tasks.length < count && queues.some((queue) => queue.length > 0)) {
      for (const queue of queues) {
        signal?.throwIfAborted();
        const task = tasks.length < count ? await nextNoticed(copy, queue, (file) => (used.get(file) ?? 0) < perFile) : undefined;
        if (!task) continue;
        used.set(task.file, (used.get(task.file) ?? 0) + 1);
        const number = String(tasks.length + 1).padStart(2, '0');
        tasks.push({ ...task, id: `${number} ${task.id}` });
      }
    }
    return { copy, tasks };
  } catch (error) {
    await copy.dispose();
    throw error;
  }
}

/** Takes drafts from the queue until one is noticed by its tests. */
async function nextNoticed(copy: SamplesCopy, queue: Draft[], allowed: (file: string) => boolean): Promise<FixTask | undefined> {
  for (let draft = queue.shift(); draft; draft = queue.shift()) {
    if (!allowed(draft.file)) continue;
    await copy.write(draft.file, draft.broken);
    const outcome = await runTestFile(copy.root, draft.testFile, 5_000);
    await copy.write(draft.file, draft.original);
    if (outcome !== 'failed') continue;
    const { file, testFile, broken, kind, line, original } = draft;
    return { id: `${file}:${line}, ${kind}`, file, testFile, broken, truth: { kind, line, original } };
  }
  return undefined;
}
