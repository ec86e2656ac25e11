import path from 'node:path';
import * as vscode from 'vscode';
import type { EditResult } from '../../../protocol/edit';
import type { FixResult } from '../../../protocol/messages';
import type { EngineService } from '../../engine/engine-service';
import type { PendingFix } from '../../fix/apply';
import type { FixController } from '../../fix/controller';
import { targetIn } from '../../fix/target';
import { summarise } from '../../fix/words';
import { chatCommands } from './commands';
import { intentOf } from './intent';
import { subjectOf, type Subject } from './subject';

/** What the participant works with. */
export interface ChatTools {
  readonly engine: EngineService;
  readonly fixes: FixController;
  /** Keeps a change for the buttons of an answer, and gives the arguments of their commands. */
  readonly keep: (change: PendingFix) => readonly [id: number];
}

/** Answers one message to `@unmask`. No language model is asked: the request is read, the feature runs, the stream tells. */
export async function answer(
  request: Pick<vscode.ChatRequest, 'command' | 'prompt' | 'references'>,
  stream: vscode.ChatResponseStream,
  signal: AbortSignal,
  tools: ChatTools,
): Promise<void> {
  const intent = intentOf(request.command, request.prompt);
  if (intent.kind === 'help') {
    stream.markdown(helpText());
    return;
  }
  const subject = await subjectOf(request.references);
  if (typeof subject === 'string') {
    stream.markdown(subject);
    return;
  }
  stream.reference(
    subject.selection && !subject.selection.isEmpty
      ? new vscode.Location(subject.document.uri, subject.selection)
      : subject.document.uri,
  );
  if (intent.kind === 'fix') await fix(subject, stream, signal, tools);
  else await edit(subject, intent.instruction, stream, signal, tools);
}

async function fix(
  { document, selection }: Subject,
  stream: vscode.ChatResponseStream,
  signal: AbortSignal,
  tools: ChatTools,
): Promise<void> {
  const target = await targetIn(document, selection);
  if (typeof target === 'string' || target === undefined) {
    if (target !== undefined) stream.markdown(target);
    return;
  }
  const baseText = target.document.getText();
  const told = new Set<string>();
  const result = await tools.fixes.search(target, signal, ({ message, trace }) => {
    stream.progress(message);
    // What fails, and where it may be: worth reading while the search goes on. The rest stands in the reasoning.
    if (trace && (trace.kind === 'failure' || trace.kind === 'suspect') && !told.has(trace.text)) {
      told.add(trace.text);
      stream.markdown(`- ${oneLine(trace.text)}\n`);
    }
  });
  if (typeof result === 'string') {
    stream.markdown(result);
    return;
  }
  stream.markdown(`\n\n**${summarise(result)}**\n\n`);
  for (const { kind, text } of result.trace) if (kind === 'choice' || kind === 'proof') stream.markdown(`- ${oneLine(text)}\n`);
  offer(target.document, baseText, result, stream, tools);
  if (result.trace.length > 0) stream.button({ command: 'unmask.showTrace', title: vscode.l10n.t('Show Reasoning') });
}

async function edit(
  { document, selection }: Subject,
  instruction: string,
  stream: vscode.ChatResponseStream,
  signal: AbortSignal,
  tools: ChatTools,
): Promise<void> {
  const text = document.getText();
  stream.progress(vscode.l10n.t('Editing {0}', path.posix.basename(document.uri.path)));
  const range = selection
    ? { start: document.offsetAt(selection.start), end: document.offsetAt(selection.end) }
    : { start: 0, end: text.length };
  const file = document.uri.scheme === 'file' ? document.uri.fsPath : document.uri.path;
  const found = await tools.engine.request((client) => client.edit({ file, text, range, instruction }, { signal }));
  stream.markdown(`**${found.message}**\n\n`);
  for (const { title } of found.hunks) stream.markdown(`- ${oneLine(title)}\n`);
  offer(document, text, found, stream, tools);
  const others = found.offers.filter(({ places }) => places > 0).slice(0, 5);
  if (found.status !== 'edited' && others.length > 0) {
    stream.markdown(`\n\n${vscode.l10n.t('These would find something to do there:')}\n\n`);
    for (const { instruction: words } of others) stream.markdown(`- \`@unmask /edit ${words}\`\n`);
  }
}

/** Shows a change, with buttons to look at it in place and to apply it. */
function offer(
  document: vscode.TextDocument,
  baseText: string,
  { diff, newText }: Pick<FixResult | EditResult, 'diff' | 'newText'>,
  stream: vscode.ChatResponseStream,
  { keep }: ChatTools,
): void {
  if (newText === undefined || diff === '') return;
  const fence = '`'.repeat(Math.max(3, ...[...diff.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
  stream.markdown(`\n\n${fence}diff\n${diff.trimEnd()}\n${fence}\n\n`);
  const kept = [...keep({ uri: document.uri, baseText, newText })];
  stream.button({ command: chatCommands.preview, title: vscode.l10n.t('Preview'), arguments: kept });
  stream.button({ command: chatCommands.apply, title: vscode.l10n.t('Apply'), arguments: kept });
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function helpText(): string {
  const { t } = vscode.l10n;
  return [
    t('Everything here runs on this machine, without any other language model:'),
    `- ${t('`/fix` searches for a change that makes the failing tests of a file pass, and proves it with them.')}`,
    `- ${t('`/edit` changes the selected lines by an instruction, for example `/edit use template literals`.')}`,
    t('The file is the one in the editor, or one that you refer to with `#file`.'),
  ].join('\n');
}
