import { editTool, fixTool, infillTool } from '../../../protocol/tools';
import { servedEdit } from './edit';
import { servedFix } from './fix';
import { servedInfill } from './infill';
import type { ServedTool } from './served';

/** The tools by their names; one more is one more entry here. */
export const servedTools: Readonly<Record<string, ServedTool>> = {
  [fixTool.name]: servedFix,
  [editTool.name]: servedEdit,
  [infillTool.name]: servedInfill,
};
