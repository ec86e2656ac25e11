/** All kinds of edits, by theme. */
import type { EditKind } from './kind';
import * as arrays from './kinds/arrays';
import * as calls from './kinds/calls';
import * as control from './kinds/control';
import * as declarations from './kinds/declarations';
import { addJsDoc, addReturnType } from './kinds/documentation';
import * as functions from './kinds/functions';
import * as loops from './kinds/loops';
import { extractConstant, inlineVariable, rename } from './kinds/names';
import * as notation from './kinds/notation';
import * as operators from './kinds/operators';
import { thenToAwait } from './kinds/promises';

export { applyAll } from './apply';
export { applyPlace, fillWording, speaksOfOne, type EditKind, type EditPlace } from './kind';
export { renamePlace } from './kinds/names';

const themes = [arrays, calls, control, declarations, functions, loops, notation, operators].flatMap((theme): EditKind[] =>
  Object.values(theme),
);

export const editKinds: readonly EditKind[] = [
  rename,
  extractConstant,
  inlineVariable,
  addJsDoc,
  addReturnType,
  thenToAwait,
  ...themes,
].sort((a, b) => (a.name < b.name ? -1 : 1));
