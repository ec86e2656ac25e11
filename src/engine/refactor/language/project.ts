/**
 * A project as the language service sees it: its files, unsaved texts in place of those on disk, and a shadow of changes that nobody has written. It computes
 * for as long as it takes, so that the engine has it in another thread (`../thread`).
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type ts from 'typescript';
import { parseSource, type SourceUnit, type Ts } from '../../../edits/source';
import { Declarations } from './declarations';
import { normal, ProjectProblem, type Problem } from './questions';

const sources = ['.js', '.jsx', '.mjs', '.cjs', '.ts', '.tsx', '.mts', '.cts'];
const elsewhere = ['node_modules', 'bower_components', 'dist', 'build', 'out', 'coverage', '.git', '.cache', '.vscode-test'];
const mostFiles = 3_000;

export interface ProjectView {
  readonly ts: Ts;
  readonly root: string;
  readonly files: readonly string[];
  readonly service: ts.LanguageService;
  /** The text that all began with: unsaved, else on disk; empty where there is no such file. */
  textOf(file: string): string;
  exists(file: string): boolean;
  /** The same, parsed; `\r\n` and all. */
  unitOf(file: string): SourceUnit;
  /** From now on these texts stand for their files; all others are as in the beginning. */
  show(texts: ReadonlyMap<string, string>): void;
  /** What parser and checker say of a file as it is shown now. */
  problems(file: string): Problem[];
  dispose(): void;
}

/** How many projects were opened here: no two of them share the version of a file, so that nothing parsed for one is taken for another's. */
let openings = 0;

/** Opens the project around a file. Throws `ProjectProblem` where it is too large to be looked at. */
export function openProject(
  api: Ts,
  file: string,
  overlays: Readonly<Record<string, string>>,
  declarations = new Declarations(api),
): ProjectView {
  const own = normal(path.resolve(file));
  const root = rootOf(api, own);
  const { options, names } = configured(api, root, own);
  const around = api.sys.readDirectory(root, sources, elsewhere.map((name) => `**/${name}`), ['**/*']).map(normal); // prettier-ignore
  const files = [...new Set([own, ...names, ...around])].filter((name) => !/(^|\/)node_modules\//.test(name));
  if (files.length > mostFiles)
    throw new ProjectProblem(
      `${root} holds ${files.length} source files; Refactor looks at ${mostFiles} at most. Put a tsconfig.json or a package.json into the part that you work on.`,
    );
  const unsaved = new Map(Object.entries(overlays).map(([name, text]) => [normal(path.resolve(name)), text]));
  return viewOf(api, { root, files, options }, unsaved, declarations);
}

/** The folder of the nearest configuration of the language, else of the nearest package, else the file's own. */
function rootOf(api: Ts, file: string): string {
  const folder = path.posix.dirname(file);
  const exists = (name: string): boolean => api.sys.fileExists(name);
  const found = (['tsconfig.json', 'jsconfig.json', 'package.json'] as const).map((name) => api.findConfigFile(folder, exists, name));
  // The innermost of them: a sample with a package of its own is no part of the project around it.
  const nearest = found.filter((f) => f !== undefined).sort((a, b) => b.length - a.length)[0];
  return nearest === undefined ? folder : path.posix.dirname(normal(nearest));
} // prettier-ignore

function configured(api: Ts, root: string, file: string): { options: ts.CompilerOptions; names: readonly string[] } {
  const name = ['tsconfig.json', 'jsconfig.json'].map((n) => `${root}/${n}`).find((n) => api.sys.fileExists(n));
  const read = name === undefined ? undefined : api.readConfigFile(name, (n) => api.sys.readFile(n));
  const parsed = read?.error === undefined && read ? api.parseJsonConfigFileContent(read.config, api.sys, root) : undefined;
  const esm = /\.m[jt]sx?$/.test(file);
  const usual: ts.CompilerOptions = {
    target: api.ScriptTarget.Latest,
    module: esm ? api.ModuleKind.NodeNext : api.ModuleKind.Preserve,
    moduleResolution: api.ModuleResolutionKind.Bundler,
    jsx: api.JsxEmit.Preserve,
    strict: false,
    types: [],
  };
  return {
    // Only problems that a change makes count, so the checker may look at JavaScript, too, however many it finds there.
    options: { ...usual, ...parsed?.options, allowJs: true, checkJs: true, noEmit: true, skipLibCheck: true, incremental: false, composite: false, plugins: [] }, // prettier-ignore
    names: parsed?.fileNames.map(normal) ?? [],
  };
}

function viewOf(
  api: Ts,
  { root, files, options }: { readonly root: string; readonly files: readonly string[]; readonly options: ts.CompilerOptions },
  unsaved: ReadonlyMap<string, string>,
  declarations: Declarations,
): ProjectView {
  const opening = ++openings;
  const onDisk = new Map<string, string | undefined>();
  let shadow: ReadonlyMap<string, string> = new Map();
  const versions = new Map<string, string>();
  let generation = 0;
  const base = (file: string): string | undefined => {
    const text = unsaved.get(file);
    if (text !== undefined) return text;
    if (!onDisk.has(file)) onDisk.set(file, readOrNothing(file));
    return onDisk.get(file);
  };
  const present = (file: string): string | undefined => shadow.get(file) ?? base(file);
  const host: ts.LanguageServiceHost = {
    getCompilationSettings: () => options,
    getScriptFileNames: () => [...new Set([...files, ...shadow.keys()])],
    getScriptVersion: (file) =>
      versions.get(file) ?? (declarations.own(file) && !unsaved.has(file) ? 'installed' : String(opening)),
    getProjectVersion: () => String(generation),
    getScriptSnapshot: (file) => {
      const text = present(file);
      return text === undefined ? undefined : api.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: (o) => api.getDefaultLibFilePath(o),
    fileExists: (file) => shadow.has(file) || unsaved.has(file) || api.sys.fileExists(file),
    readFile: (file) => present(file) ?? api.sys.readFile(file),
    readDirectory: (...asked) => api.sys.readDirectory(...asked),
    directoryExists: (folder) => api.sys.directoryExists(folder),
    getDirectories: (folder) => api.sys.getDirectories(folder),
    useCaseSensitiveFileNames: () => api.sys.useCaseSensitiveFileNames,
  };
  const service = api.createLanguageService(host, declarations.registryFor(options));
  return {
    ts: api,
    root,
    files,
    service,
    textOf: (file) => base(file) ?? '',
    exists: (file) => base(file) !== undefined,
    unitOf: (file) => parseSource(api, file, base(file) ?? ''),
    show(texts) {
      generation++;
      for (const file of new Set([...shadow.keys(), ...texts.keys()])) versions.set(file, `${opening}.${generation}`);
      shadow = new Map(texts);
    },
    problems: (file) => [
      ...service.getSyntacticDiagnostics(file).map((d) => problemOf(api, file, d, 'syntax')),
      ...service.getSemanticDiagnostics(file).map((d) => problemOf(api, file, d, 'types')),
    ],
    dispose: () => {
      service.dispose();
    },
  };
}

function problemOf(api: Ts, file: string, d: ts.Diagnostic, kind: Problem['kind']): Problem {
  const start = d.start ?? 0;
  const message = api.flattenDiagnosticMessageText(d.messageText, ' ');
  return { file, start, end: start + (d.length ?? 0), code: d.code, message, kind };
}

function readOrNothing(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
