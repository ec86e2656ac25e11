import type { DocumentFilter } from 'vscode';

/** The languages that Unmask serves; package.json names the same ones in its menus and activation events. */
export const languages: readonly string[] = ['javascript', 'javascriptreact', 'typescript', 'typescriptreact'];

/** Files on disk: what can be tested and fixed. */
export const fileSelector: readonly DocumentFilter[] = languages.map((language) => ({ language, scheme: 'file' }));

/** Documents that need not be on disk: what can be edited. */
export const documentSelector: readonly DocumentFilter[] = ['file', 'untitled', 'vscode-notebook-cell'].flatMap((scheme) =>
  languages.map((language) => ({ language, scheme })),
);
