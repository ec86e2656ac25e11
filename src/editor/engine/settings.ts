import * as vscode from 'vscode';
import type { EngineOptions } from '../../client';
import type { Budget } from '../../protocol/messages';

const section = 'unmask';

/** The settings that a running engine was started with: when one of them changes, it has to start again. */
export const engineSettings = ['device', 'model', 'adapter', 'threads', 'memoryLimitMb', 'nodePath'].map(
  (name) => `${section}.${name}`,
);

export function readEngineSettings(): Pick<
  EngineOptions,
  'device' | 'model' | 'adapter' | 'threads' | 'memoryLimitMb' | 'nodePath'
> {
  const settings = vscode.workspace.getConfiguration(section);
  return {
    device: settings.get<'auto' | 'cpu' | 'webgpu'>('device', 'auto'),
    model: nonEmpty(settings.get<string>('model')),
    adapter: nonEmpty(settings.get<string>('adapter')),
    threads: settings.get<number>('threads', 0),
    memoryLimitMb: settings.get<number>('memoryLimitMb', 4096),
    nodePath: nonEmpty(settings.get<string>('nodePath')),
  };
}

export interface CompletionSettings {
  readonly enabled: boolean;
  readonly minConfidence: number;
  /** Offers of a kind that is never taken stay away. */
  readonly learnedSilence: boolean;
  /** Whether other files are looked at; `auto`: for models with a large window. */
  readonly context: 'auto' | 'on' | 'off';
  /** By language id, `*` for all others: whether ghost text comes by itself. */
  readonly languages: Readonly<Record<string, boolean>>;
  /** Globs of files that Unmask neither completes nor reads. */
  readonly exclude: readonly string[];
  /** The longest wait after a key; the usual one is shorter. */
  readonly debounceMs: number;
}

/** Completion settings as they hold for this document's language and folder. */
export function readCompletionSettings(document: Pick<vscode.TextDocument, 'uri' | 'languageId'>): CompletionSettings {
  const { uri, languageId } = document;
  const settings = vscode.workspace.getConfiguration(section, { uri, languageId });
  return {
    enabled: settings.get<boolean>('completion.enabled', true),
    minConfidence: settings.get<number>('completion.minConfidence', 0.15),
    learnedSilence: settings.get<boolean>('completion.learnedSilence', true),
    context: settings.get<CompletionSettings['context']>('completion.context', 'auto'),
    languages: settings.get<Record<string, boolean>>('completion.languages', {}),
    exclude: settings.get<string[]>('completion.exclude', []).filter((glob) => typeof glob === 'string'),
    debounceMs: settings.get<number>('completion.debounce', 350),
  };
}

export interface NextEditSettings {
  readonly enabled: boolean;
}

export function readNextEditSettings({ uri, languageId }: vscode.TextDocument): NextEditSettings {
  return { enabled: vscode.workspace.getConfiguration(section, { uri, languageId }).get<boolean>('nextEdit.enabled', true) };
}

export interface FixSettings {
  readonly budget: Budget;
  readonly testCommand: string | undefined;
}

export function readFixSettings(document: vscode.TextDocument): FixSettings {
  const settings = vscode.workspace.getConfiguration(section, document);
  return {
    budget: settings.get<Budget>('fix.budget', 'standard'),
    testCommand: nonEmpty(settings.get<string>('fix.testCommand')),
  };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text.trim();
}
