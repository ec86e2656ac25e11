/** The tools for agents; one more is one more entry here, and one more function where tools are served. */
export { editTool, editOutput, editWords } from './edit';
export { fixTool, fixOutput, fixWords } from './fix';
export { infillTool, infillOptions, infillPlace, infillWords, type InfillToolInput } from './infill';
export type { Tool, ToolFate } from './kind';

import { editTool } from './edit';
import { fixTool } from './fix';
import { infillTool } from './infill';

/** In the order in which they are shown. */
export const tools = [fixTool, editTool, infillTool] as const;
