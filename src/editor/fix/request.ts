import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import type { FixParams } from '../../protocol/messages';
import { readFixSettings } from '../engine/settings';
import type { FixTarget } from './target';

/** sha256 (hex) of a text: how the engine names the text that its result was computed on. */
export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Texts that stand for files on disk: what is not saved yet, and the target's, so that the result is about what the editor shows. */
export function unsavedTexts(target: vscode.TextDocument): Record<string, string> {
  const unsaved = vscode.workspace.textDocuments.filter((other) => other.isDirty && other.uri.scheme === 'file');
  return Object.fromEntries([...unsaved, target].map((other) => [other.uri.fsPath, other.getText()]));
}

/** The request as the engine wants it. The target's text is always sent, so that the result is about what the editor shows. */
export function toParams(target: FixTarget): FixParams {
  const { document } = target;
  const { budget, testCommand } = readFixSettings(document);
  return {
    file: document.uri.fsPath,
    budget,
    overlays: unsavedTexts(document),
    ...(target.range && { range: target.range }),
    ...(target.diagnostic && { diagnostic: target.diagnostic }),
    ...(target.tests && { tests: [...target.tests] }),
    ...(testCommand !== undefined && { testCommand }),
  };
}
