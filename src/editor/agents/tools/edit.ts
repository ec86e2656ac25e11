import * as vscode from 'vscode';
import { editOutput, editTool, editWords } from '../../../protocol/tools';
import { charactersIn, documentOf, write, type ServedTool } from './served';

/** `unmask_edit`: runs nothing; the user is asked where it is to write. */
export const servedEdit: ServedTool = {
  prepare(input) {
    const { file, instruction, apply } = editTool.input.parse(input);
    const { t } = vscode.l10n;
    const what = instruction.trim() === '' ? t('improve') : instruction;
    return {
      invocationMessage: t('Editing {0}', file),
      ...(apply && { confirmationMessages: { title: t('Edit'), message: t('It edits {0} and writes it: {1}', file, what) } }),
    };
  },
  async invoke(input, { engine, signal }) {
    const { file, instruction, range, apply } = editTool.input.parse(input);
    const document = await documentOf(file);
    const text = document.getText();
    const asked = { file: document.uri.fsPath, text, range: charactersIn(document, range), instruction };
    const found = await engine.request((client) => client.edit(asked, { signal }));
    signal.throwIfAborted(); // whoever called it off wants nothing written
    return editWords(editOutput(found, apply ? await write(document, text, found.newText) : { applied: false }));
  },
};
