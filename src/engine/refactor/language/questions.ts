/**
 * What the engine asks of the thread in which the language service runs. Arguments and answers are plain data: they are copied from thread to thread, so that
 * no question carries more than what is asked about.
 */
import path from 'node:path';
import type { Region } from '../../../edits/plan/plan';
import type { RefactorOffer } from '../../../protocol/refactor';
import type { RefactorHunk } from '../change';

/** A problem that the parser or the checker sees. */
export interface Problem {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly code: number;
  readonly message: string;
  readonly kind: 'syntax' | 'types';
}

/** Where a name stands, in the text that all began with. */
export interface NamedPlace {
  readonly file: string;
  readonly position: number;
  readonly name: string;
}

export type RenameProposal = { readonly hunk: RefactorHunk } | { readonly problem: string };

export interface ActionProposal {
  readonly hunk: RefactorHunk;
  /** Where the name stands that the service made up, in the new text of `file`; absent where it made up none. */
  readonly made?: { readonly file: string; readonly offset: number; readonly name: string };
}

/** All files by absolute paths with forward slashes (`normal`), all offsets in the texts that all began with. */
export interface Questions {
  /** The texts that all began with: unsaved, else on disk. Files that do not exist are left out. */
  texts(files: readonly string[]): ReadonlyMap<string, string>;
  /** Other files that use the name under the selection; with none there, that use anything of the file. */
  users(file: string, range: Region): string[];
  /** What a rename in words asks for; undefined for other instructions. */
  rename(file: string, range: Region, instruction: string): RenameProposal | undefined;
  /** Another name for what is named at a place. */
  renameAt(place: NamedPlace, to: string): RenameProposal;
  /** What the service offers for a selection, and for its file. */
  offers(file: string, range: Region): RefactorOffer[];
  /** The action that an instruction means. */
  meantAction(file: string, range: Region, instruction: string): string | undefined;
  /** What an action would change; undefined where it does nothing. */
  action(file: string, range: Region, action: string): ActionProposal | undefined;
  /** Problems that come with hunks. */
  newProblems(hunks: readonly RefactorHunk[]): Problem[];
  /** Which of the hunks, by their places in the list, such a problem speaks of. */
  blamed(problem: Problem, hunks: readonly RefactorHunk[]): number[];
}

/** What a project is opened with. */
export interface Start {
  /** The file around which the project lies; absolute. */
  readonly file: string;
  readonly overlays: Readonly<Record<string, string>>;
}

/** The answer to an opening. */
export interface Opened {
  readonly root: string;
}

/** The answer to a closing. */
export interface Closed {
  /** False where the thread holds more memory than one that waits should. */
  readonly small: boolean;
}

/** What is sent: a project to open, questions of it by their names and arguments, and its end, which is answered when nothing is left of it. */
export type Asked =
  { readonly open: Start } | { readonly name: keyof Questions; readonly asked: readonly unknown[] } | { readonly close: true };

export type Question = Asked & { readonly id: number };

/** `problem`: why the project can't be looked at, for the user. `failed`: what was thrown. */
export type Reply =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly problem: string }
  | { readonly id: number; readonly failed: unknown };

/** Why a project can't be looked at; for the user. */
export class ProjectProblem extends Error {
  override readonly name = 'ProjectProblem';
}

/** Forward slashes, as the language service has them everywhere. */
export function normal(file: string): string {
  return file.split(path.sep).join('/');
}
