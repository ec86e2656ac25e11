import type { FixResult, TraceEntry } from '../../protocol/messages';

/** Everything the reasoning view shows of one run, as it is known so far. */
export interface TraceState {
  /** The file under repair, for people. */
  readonly file: string;
  readonly entries: readonly TraceEntry[];
  /** How the run ended; absent while it runs. */
  readonly outcome?: TraceOutcome;
}

export type TraceOutcome =
  | { readonly kind: 'result'; readonly result: FixResult }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly message: string };

/** Words of the reasoning view, in the user's language. */
export interface TraceWords {
  readonly headings: Readonly<Record<TraceEntry['kind'], string>>;
  readonly title: (file: string) => string;
  readonly running: string;
  readonly cancelled: string;
  readonly summary: (result: FixResult) => string;
  readonly change: string;
  readonly alternatives: string;
  readonly line: (line: number) => string;
}

/** The reasoning of a run as Markdown that reads well both as text and rendered. */
export function traceMarkdown(state: TraceState, words: TraceWords): string {
  const parts = [`# ${words.title(state.file)}`, verdict(state.outcome, words)];
  let heading: string | undefined;
  let list: string[] = [];
  const flush = (): void => {
    if (list.length > 0) parts.push(list.join('\n'));
    list = [];
  };
  for (const entry of state.entries) {
    // A note belongs to what is being told already.
    const next = entry.kind === 'note' && heading !== undefined ? heading : words.headings[entry.kind];
    if (next !== heading) {
      flush();
      heading = next;
      parts.push(`## ${heading}`);
    }
    list.push(bullet(entry, words));
  }
  flush();
  if (state.outcome?.kind === 'result') parts.push(...changes(state.outcome.result, words));
  return parts.join('\n\n') + '\n';
}

function verdict(outcome: TraceOutcome | undefined, words: TraceWords): string {
  switch (outcome?.kind) {
    case undefined:
      return words.running;
    case 'cancelled':
      return words.cancelled;
    case 'failed':
      return outcome.message;
    case 'result':
      return `**${words.summary(outcome.result)}**`;
  }
}

function bullet({ line, text }: TraceEntry, words: TraceWords): string {
  const named = line === undefined || new RegExp(`\\bline ${line}\\b`, 'i').test(text);
  // Texts of several lines (assertion values, code) stay below their bullet.
  const lines = text.trimEnd().split('\n').join('\n  ');
  return named ? `- ${lines}` : `- ${lines} (${words.line(line)})`;
}

function changes(result: FixResult, words: TraceWords): string[] {
  if (result.diff === '') return [];
  const parts = [`## ${words.change}`, fenced(result.diff)];
  if (result.alternatives.length > 0)
    parts.push(`## ${words.alternatives}`, ...result.alternatives.map(({ diff }) => fenced(diff)));
  return parts;
}

function fenced(diff: string): string {
  // A fence longer than any in the text: the code may itself hold one.
  const longest = Math.max(2, ...[...diff.matchAll(/`{3,}/g)].map((match) => match[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}diff\n${diff.trimEnd()}\n${fence}`;
}
