/** The thread of the language service: opens a project and answers one question after the other until that is closed, then waits for the next one. */
import { setTimeout } from 'node:timers/promises';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort } from 'node:worker_threads';
import { loadTypescript } from '../../../edits/source';
import { answersOf } from './answers';
import { Declarations } from './declarations';
import { openProject, type ProjectView } from './project';
import { ProjectProblem, type Closed, type Opened, type Question, type Questions, type Reply, type Start } from './questions';

const port = parentPort;
if (!port) throw new Error('This script runs in a thread of the engine.');

/** TypeScript and the language's own declarations take some 110. */
const idleHeapMb = 160;
const mostCollections = 4;

let declarations: Declarations | undefined;
let project: { readonly view: ProjectView; readonly answers: Questions } | undefined;

function open({ file, overlays }: Start): Opened {
  const api = loadTypescript();
  declarations ??= new Declarations(api);
  const view = openProject(api, file, overlays, declarations);
  project = { view, answers: answersOf(view) };
  return { root: view.root };
}

/**
 * Forgets the project, and gives its memory back at once: a thread that does nothing collects no garbage by itself. One collection may only finish what was
 * begun while the project was open, and a compilation under way may hold parts of it, so that there are some.
 */
async function close(): Promise<Closed> {
  project?.view.dispose();
  project = undefined;
  for (let collections = 1; ; collections++) {
    await setTimeout(0); // what computed here last may hold the project still
    collectGarbage();
    const heapMb = getHeapStatistics().total_heap_size / 2 ** 20;
    if (heapMb <= idleHeapMb || collections === mostCollections) return { small: heapMb <= idleHeapMb };
  }
}

/** Node hands out no collector unless it was started with the flag, and a thread can't be; a context made after the flag was set has one. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

function answer(question: Question): unknown {
  if ('open' in question) return open(question.open);
  if ('close' in question) return close();
  const { name, asked } = question;
  if (!project) throw new Error(`"${name}" was asked while no project is open.`);
  // The types of `Questions` hold at the only place that asks: `ProjectThread.ask`.
  return (project.answers[name] as (...asked: readonly unknown[]) => unknown)(...asked);
}

async function reply(question: Question): Promise<void> {
  const { id } = question;
  let made: Reply;
  try {
    made = { id, answer: await answer(question) };
  } catch (error) {
    made = error instanceof ProjectProblem ? { id, problem: error.message } : { id, failed: error };
  }
  port!.postMessage(made);
}

port.on('message', (question: Question) => void reply(question));
