/** The whole measurement, in the process that it has to itself. */
import { measureNgram } from './baseline';
import { amounts, type Job, type Result } from './job';
import { measureModel, type Material } from './model';
import { roundedToInt8 } from './rounded';
import { cursorTasks, infillTasks } from './tasks';
import { drawPieces, heldOutTexts, trainingTexts } from './texts';

/** Throws CorpusError, TextsError or ModelError, all with messages for the user, and the signal's reason when aborted. */
export async function measure(job: Job, signal: AbortSignal, say: (text: string) => void): Promise<Result> {
  const amount = amounts[job.quick ? 'quick' : 'full'];
  say('reading texts');
  const documents = await heldOutTexts(job);
  const pieces = drawPieces(documents, amount.characters, job.seed);
  const tasks = infillTasks(documents, amount.tasks, job.seed);
  const cursors = cursorTasks(documents, amount.ghosts, job.seed);
  const material = (name: string): Material => ({
    parts: job.parts,
    documents,
    pieces,
    tasks,
    cursors,
    steps: amount.steps,
    tuned: job.tasks === null ? null : { tasks: job.tasks, repairs: amount.repairs, edits: amount.edits, seed: job.seed },
    threads: job.threads,
    signal,
    say: (text) => {
      say(`${name}: ${text}`);
    },
  });
  const counts: Record<string, number> = { ghost: cursors.length };
  for (const { kind } of tasks) counts[kind] = (counts[kind] ?? 0) + 1;
  const model = await measureModel(job.model, material('model'));
  return {
    quick: job.quick,
    seed: job.seed,
    text: {
      source: job.files ?? "the corpus's held-out packages",
      documents: documents.length,
      packages: [...new Set(documents.flatMap((d) => (d.package === null ? [] : [d.package])))].sort(),
      characters: documents.reduce((n, d) => n + d.text.length, 0),
      scoredCharacters: pieces.reduce((n, p) => n + p.length, 0),
    },
    tasks: counts,
    model,
    against: job.against === null ? null : await measureModel(job.against, material('against')),
    int8: job.int8 ? await measureModel(job.model, material('int8'), roundedToInt8) : null,
    ngram: job.parts.includes('ngrams')
      ? await measureNgram(await trainingTexts(job, amount.training, documents), material('n-grams'))
      : null,
  };
}
