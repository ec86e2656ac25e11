import * as vscode from 'vscode';
import type { CompletionSettings } from '../engine/settings';
import { languages } from '../languages';
import { globMatcher } from './glob';

const schemes = ['file', 'untitled', 'vscode-notebook-cell'] as const;

/** Where the provider is registered: the languages that Unmask serves, and those that the setting names. A completion may be demanded where it is off. */
export function completionSelector(): vscode.DocumentFilter[] {
  const named = Object.keys(vscode.workspace.getConfiguration('unmask').get<Record<string, boolean>>('completion.languages', {}));
  if (named.includes('*')) return schemes.map((scheme) => ({ scheme }));
  return schemes.flatMap((scheme) => [...new Set([...languages, ...named])].map((language) => ({ scheme, language })));
}

/** True where the settings let ghost text come by itself. */
export function isSwitchedOn(document: vscode.TextDocument, settings: CompletionSettings): boolean {
  return settings.enabled && (settings.languages[document.languageId] ?? settings.languages['*'] ?? false);
}

/** True for a document that the settings keep Unmask out of: nothing is offered in it, asked for or not, and nothing of it is read elsewhere. */
export function isExcluded(uri: vscode.Uri, settings: Pick<CompletionSettings, 'exclude'>): boolean {
  return settings.exclude.length > 0 && globMatcher(settings.exclude)(vscode.workspace.asRelativePath(uri, false));
}
