/** The thread of the language service: opens the project that it was started for, then answers one question after the other until its owner ends it. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadTypescript } from '../../../edits/source';
import { answersOf } from './answers';
import { openProject } from './project';
import { ProjectProblem, startId, type Opened, type Question, type Questions, type Reply, type Start } from './questions';

const port = parentPort;
if (!port) throw new Error('This script runs in a thread of the engine.');

/** Answers, or says why not. */
function reply(id: number, work: () => unknown): void {
  let made: Reply;
  try {
    made = { id, answer: work() };
  } catch (error) {
    made = error instanceof ProjectProblem ? { id, problem: error.message } : { id, failed: error };
  }
  port!.postMessage(made);
}

let answers: Questions | undefined;
reply(startId, (): Opened => {
  const { file, overlays } = workerData as Start;
  const view = openProject(loadTypescript(), file, overlays);
  answers = answersOf(view);
  return { root: view.root };
});

port.on('message', ({ id, name, asked }: Question) => {
  reply(id, () => {
    if (!answers) throw new Error(`"${name}" was asked of a project that could not be opened.`);
    // The types of `Questions` hold at the only place that asks: `ProjectThread.ask`.
    return (answers[name] as (...asked: readonly unknown[]) => unknown)(...asked);
  });
});
