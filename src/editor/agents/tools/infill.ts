import * as vscode from 'vscode';
import { infillOptions, infillPlace, infillTool, infillWords, type InfillToolInput } from '../../../protocol/tools';
import { documentOf, offsetIn, type ServedTool } from './served';

/** `unmask_infill`: reads only, so nobody is asked. */
export const servedInfill: ServedTool = {
  prepare(input) {
    infillTool.input.parse(input);
    return { invocationMessage: vscode.l10n.t('Filling a gap in code') };
  },
  async invoke(input, { engine, signal }) {
    const asked = infillTool.input.parse(input);
    const gap = await gapOf(asked);
    const found = await engine.request((client) => client.complete({ ...gap, ...infillOptions(asked) }, { signal }));
    return infillWords(found, asked);
  },
};

async function gapOf(asked: InfillToolInput): Promise<{ prefix: string; suffix: string; languageId: string }> {
  const place = infillPlace(asked);
  if (typeof place === 'string') throw new Error(place);
  if (place.file === undefined)
    return { prefix: place.prefix, suffix: place.suffix, languageId: asked.languageId ?? 'javascript' };
  const document = await documentOf(place.file);
  const [from, to] = [offsetIn(document, place.start), offsetIn(document, place.end)];
  if (to < from) throw new Error('`end` lies before `start`.');
  const text = document.getText();
  return { prefix: text.slice(0, from), suffix: text.slice(to), languageId: asked.languageId ?? document.languageId };
}
