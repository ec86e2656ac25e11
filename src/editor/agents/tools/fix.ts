import * as vscode from 'vscode';
import { fixOutput, fixTool, fixWords } from '../../../protocol/tools';
import { readFixSettings } from '../../engine/settings';
import { unsavedTexts } from '../../fix/request';
import { documentOf, write, type ServedTool } from './served';

/** `unmask_fix`: runs the project's tests, so the user is asked, and only in a trusted workspace. */
export const servedFix: ServedTool = {
  prepare(input) {
    const { file, testCommand, apply } = fixTool.input.parse(input);
    const { t } = vscode.l10n;
    const runs =
      testCommand === undefined
        ? t('It runs the tests of the project of {0}, many times, in temporary copies.', file)
        : t('It runs this command, many times, in temporary copies of the project of {0}: {1}', file, testCommand);
    const writes = apply ? t('A fix that the tests prove is written to the file.') : t('Nothing is written.');
    return {
      invocationMessage: t('Searching for a fix of {0}', file),
      confirmationMessages: { title: t('Reason and Fix'), message: `${runs} ${writes}` },
    };
  },
  async invoke(input, { engine, signal, report }) {
    if (!vscode.workspace.isTrusted)
      throw new Error("unmask_fix runs the workspace's tests, and the user does not trust this workspace. Nothing was run.");
    const { file, apply, testCommand, ...rest } = fixTool.input.parse(input);
    const document = await documentOf(file);
    const baseText = document.getText();
    const command = testCommand ?? readFixSettings(document).testCommand;
    const found = await engine.request((client) =>
      client.fix(
        {
          ...rest,
          ...(command !== undefined && { testCommand: command }),
          file: document.uri.fsPath,
          overlays: unsavedTexts(document),
        },
        {
          signal,
          onProgress: ({ message }) => {
            report(message);
          },
        },
      ),
    );
    signal.throwIfAborted(); // whoever called it off wants nothing written
    if (found.status === 'error') throw new Error(`The fix failed: ${found.error ?? 'unknown error'}`);
    const wanted = apply && found.status === 'fixed';
    return fixWords(fixOutput(found, wanted ? await write(document, baseText, found.newText) : { applied: false }));
  },
};
