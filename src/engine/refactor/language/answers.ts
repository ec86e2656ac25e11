/** Answers the engine's questions on a view of the project. */
import { actionOffers, meantAction, proposeAction } from './actions';
import { blamedFor, Diagnosis } from './diagnose';
import type { ProjectView } from './project';
import type { Questions } from './questions';
import { proposeRename, renameAt } from './rename';
import { usersOf } from './users';

export function answersOf(view: ProjectView): Questions {
  const diagnosis = new Diagnosis(view);
  return {
    texts: (files) => new Map(files.filter((file) => view.exists(file)).map((file) => [file, view.textOf(file)])),
    users: (file, range) => usersOf(view, file, range),
    rename: (file, range, instruction) => proposeRename(view, file, range, instruction),
    renameAt: (place, to) => renameAt(view, place, to),
    offers: (file, range) => actionOffers(view, file, range),
    meantAction: (file, range, instruction) => meantAction(view, file, range, instruction),
    action: (file, range, action) => proposeAction(view, file, range, action),
    newProblems: (hunks) => diagnosis.newProblems(hunks),
    blamed: (problem, hunks) => blamedFor(view, problem, hunks).map((hunk) => hunks.indexOf(hunk)),
  };
}
