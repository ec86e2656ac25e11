import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse as parseJsonc } from 'jsonc-parser';
import { parse as parseYaml } from 'yaml';
import type { Manifest } from './manifest';

/** What of mocha's configuration decides which files are tests. Scripts (`.mocharc.js`) are not run here: mocha itself reads them in the sandbox. */
export interface MochaConfig {
  readonly spec: readonly string[];
  readonly ignore: readonly string[];
  readonly extension: readonly string[];
  readonly recursive: boolean;
  /** Modules required or imported before the tests, node options included. */
  readonly preload: readonly string[];
}

const configFiles = ['.mocharc.yaml', '.mocharc.yml', '.mocharc.jsonc', '.mocharc.json'];
/** Mocha options that take a value, so that the value isn't mistaken for a test file. */
const valued = new Set(
  (
    'extension spec ignore exclude require r import file f grep g fgrep timeout t timeouts slow s ui u reporter R reporter-option reporter-options O ' +
    'config package retries jobs j global globals node-option n watch-files watch-ignore opts'
  ).split(' '),
);

function list(value: unknown): string[] {
  if (typeof value === 'string') return value.split(',').filter(Boolean);
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
}

/** Long and short options of a mocha command line, values gathered by name; bare words under `spec`. */
export function parseMochaArgs(args: readonly string[]): Map<string, string[]> {
  const out = new Map<string, string[]>();
  const add = (name: string, value: string): unknown => out.set(name, [...(out.get(name) ?? []), value]);
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    const option = /^--?([\w-]+)(?:=(.*))?$/s.exec(word);
    if (!option) add('spec', word);
    else if (option[2] !== undefined) add(option[1]!, option[2]);
    else if (valued.has(option[1]!) && i + 1 < args.length) add(option[1]!, args[++i]!);
    else add(option[1]!, 'true');
  }
  return out;
}

async function readConfigFile(root: string, named: string | undefined): Promise<Record<string, unknown>> {
  for (const name of named === undefined ? configFiles : [named]) {
    const text = await readFile(path.join(root, name), 'utf8').catch(() => null);
    if (text === null) continue;
    const value: unknown = /\.ya?ml$/.test(name) ? parseYaml(text) : parseJsonc(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  }
  return {};
}

/** Mocha's own precedence: command line, then .mocharc, then package.json; spec patterns add up. */
export async function readMochaConfig(root: string, manifest: Manifest, args: readonly string[]): Promise<MochaConfig> {
  const cli = parseMochaArgs(args);
  const file = await readConfigFile(root, cli.get('config')?.[0]);
  const both = (name: string, ...aliases: string[]): string[] => [
    ...[name, ...aliases].flatMap((key) => cli.get(key)?.flatMap((value) => value.split(',')) ?? []),
    ...list(file[name] ?? manifest.mocha?.[name]),
  ];
  const extension = both('extension').map((ext) => ext.replace(/^\./, ''));
  return {
    spec: both('spec'),
    ignore: both('ignore', 'exclude'),
    extension: extension.length > 0 ? extension : ['js', 'cjs', 'mjs'],
    recursive: cli.has('recursive') || file['recursive'] === true || manifest.mocha?.['recursive'] === true,
    preload: [...both('require', 'r'), ...both('import'), ...both('node-option', 'n'), ...both('file', 'f')],
  };
}
