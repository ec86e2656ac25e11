/** Takes out of a text what says who the user is and what they work on: paths, names, code. Pure. */

/** What is told by another name, and never by its own. */
export interface Places {
  readonly home: string;
  /** Folders of the workspace. */
  readonly workspaces: readonly string[];
  /** Folder that Unmask is installed in. */
  readonly extension: string;
  readonly user: string;
  readonly host: string;
}

/** What ends a path that stands in running text. Blanks do, unless a word with a separator follows. */
const inPath = String.raw`[^\s'"\x60<>|,;()\[\]{}]`;
const spaced = String.raw`(?: ${inPath}*[\\/]${inPath}*)*`;
const absolute: readonly RegExp[] = [
  // In quotes or brackets a path ends where they do, whatever is in it.
  /(?<=(["'`]))(?:(?:file|vscode-[\w-]+):\/\/|[A-Za-z]:[\\/]|\\\\|\/)(?!\1)(?:(?!\1)[^\n])+/g,
  /(?<=\()(?:(?:file|vscode-[\w-]+):\/\/|[A-Za-z]:[\\/]|\\\\|\/)[^\n)]+/g,
  new RegExp(String.raw`\b(?:file|vscode-[\w-]+):\/\/${inPath}*${spaced}`, 'g'),
  new RegExp(String.raw`(?<![A-Za-z])[A-Za-z]:[\\/]${inPath}*${spaced}`, 'g'),
  new RegExp(String.raw`(?<![\w~>\\])\\\\${inPath}+${spaced}`, 'g'),
  // A slash that begins a path: not one within a word, a number, an address, or after a name that stands for a folder already.
  new RegExp(String.raw`(?<![\w.~>/:@-])\/(?!\/)${inPath}+${spaced}`, 'g'),
  // After a colon ("file:/x", "line 3:/x") and an equals sign, too, but not in "https://".
  new RegExp(String.raw`(?<=:)\/(?!\/)${inPath}+${spaced}`, 'g'),
];

/** Takes paths out: folders by their names (`<workspace>`, `<unmask>`, `~`), every other absolute path is `<path>`. */
export function pathRedactor(places: Places): (text: string) => string {
  const named: readonly (readonly [string, string])[] = [
    ...places.workspaces.map((folder) => [folder, '<workspace>'] as const),
    [places.extension, '<unmask>'],
    [places.home, '~'],
  ];
  const longestFirst = named.filter(([folder]) => folder.length > 1).sort(([a], [b]) => b.length - a.length);
  const rules = longestFirst.map(([folder, name]) => {
    // Not a folder whose name merely begins like this one; an address of the file scheme goes with its folder.
    const spelt = spellings(folder).map(escapeRegExp).join('|');
    const pattern = new RegExp(String.raw`(?:(?:file|vscode-[\w-]+):\/\/[\w.:+%-]*)?(?:${spelt})(?![\w.%-])`, 'gi');
    return [pattern, name] as const;
  });
  return (text) => {
    let result = text;
    for (const [pattern, name] of rules) result = result.replace(pattern, () => name);
    for (const pattern of absolute) result = result.replace(pattern, '<path>');
    return result;
  };
}

/** Takes out the names of the user and the machine. Words that everyone's log holds would make it unreadable: those stay. */
export function nameRedactor({ user, host }: Places): (text: string) => string {
  const common = /^(root|user|node|code|vscode|admin|runner|test|engine|unmask|model|localhost)$/i;
  const rules = [[user, '<user>'] as const, [host, '<host>'] as const]
    .filter(([name]) => name.length > 1 && !common.test(name))
    .map(([name, instead]) => [new RegExp(String.raw`(?<!\w)${escapeRegExp(name)}(?!\w)`, 'gi'), instead] as const);
  return (text) => rules.reduce((result, [pattern, instead]) => result.replace(pattern, instead), text);
}

/** Characters, without blanks, from which on a line of code is told from words that may stand anywhere. */
const tellingLength = 8;

/** Replaces each line that holds a line of one of the given texts of code; `instead` stands in its place. */
export function withoutCode(lines: readonly string[], sources: readonly string[], instead: string): string[] {
  // By their first characters, so that the time depends on the size of the texts and not on its product with the size of the log.
  const telling = new Map<string, Set<string>>();
  for (const source of sources)
    for (const line of source.split('\n')) {
      const code = squeezed(line);
      if (code.length < tellingLength) continue;
      const start = code.slice(0, tellingLength);
      const known = telling.get(start);
      if (known) known.add(code);
      else telling.set(start, new Set([code]));
    }
  const holdsCode = (said: string): boolean => {
    for (let at = 0; at + tellingLength <= said.length; at++)
      for (const code of telling.get(said.slice(at, at + tellingLength)) ?? []) if (said.startsWith(code, at)) return true;
    return false;
  };
  return lines.map((line) => (holdsCode(squeezed(line)) ? instead : line));
}

function squeezed(line: string): string {
  return line.replace(/\s+/g, '');
}

/** How a folder may be written: with either separator, with doubled backslashes (JSON), and as part of an address. */
function spellings(folder: string): string[] {
  const plain = folder.replace(/[\\/]+$/, '');
  const forward = plain.replaceAll('\\', '/');
  const encoded = forward.split('/').map(encodeURIComponent).join('/');
  const all = [plain, plain.replaceAll('\\', '\\\\'), forward, encoded, encoded.replaceAll('%3A', ':')];
  // In an address a drive's letter stands after a slash.
  const addresses = all.filter((text) => /^[A-Za-z](:|%3A)/.test(text)).map((text) => `/${text}`);
  return [...new Set([...addresses, ...all])].filter((text) => text.length > 1).sort((a, b) => b.length - a.length);
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);
}
