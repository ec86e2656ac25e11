/**
 * What a repair looks like to the model: code and a failing call in the prompt, then, in the completion, reasons and an answer, in tags as d1's (arXiv 2504.12216).
 * The answer names the lines that it replaces, so that it stays short whatever the length of the code.
 */
export interface FailingCall {
  /** As it would stand in a program. */
  readonly call: string;
  readonly expected: string;
  readonly actual: string;
}

/** Lines `from` to `to`, 1-based and both among them, become `text` (without a line break at its end); null text: nothing is to be changed. */
export interface LineChange {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** A change that was thought of first, and what the call gave with it. */
export interface WrongTry {
  readonly line: string;
  readonly actual: string;
}

/** Longest printed value in a prompt or a reason. */
const longestValue = 60;

/** Code, then the evidence as a comment under it. Without a failing call: code that nothing is known against. */
export function repairPrompt(text: string, failing: FailingCall | null): string {
  const evidence = failing
    ? `${failing.call} gives ${short(failing.actual)}, should be ${short(failing.expected)}`
    : 'every call gives what it should';
  return `${text}\n// ${evidence.replaceAll('\n', ' ')}\n`;
}

/** What the model is to write. `reasons` false: the answer alone, for comparison at equal numbers of candidates. */
export function repairCompletion(
  broken: string,
  right: string,
  about: { readonly failing: FailingCall; readonly kind: string; readonly tried?: WrongTry | undefined },
  reasons: boolean,
): string {
  const change = changeOf(broken, right);
  const answer = `<answer>${change.from},${change.to}\n${change.text}\n</answer>`;
  if (!reasons) return answer;
  const { failing, kind, tried } = about;
  const blamed = broken
    .split('\n')
    .slice(change.from - 1, change.to)
    .join('\n');
  return [
    `<reasoning>${short(failing.actual)} is not ${short(failing.expected)}`,
    `line ${change.from}: ${blamed.trim()}`,
    `${kind}?`,
    ...(tried ? [`try: ${tried.line.trim()}`, `gives ${short(tried.actual)}, no`] : []),
    `change: ${change.text.trim()}`,
    `</reasoning>${answer}`,
  ].join('\n');
}

/** For code that is right. */
export function keepCompletion(reasons: boolean): string {
  return reasons ? '<reasoning>nothing is wrong</reasoning><answer>keep</answer>' : '<answer>keep</answer>';
}

/** The smallest run of lines that makes `right` of `broken`; where lines were only taken out, the line before them stands for their place. */
export function changeOf(broken: string, right: string): LineChange {
  const [a, b] = [broken.split('\n'), right.split('\n')];
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  if (a.length - end <= start) {
    if (start > 0) start--;
    else end--;
  }
  return { from: start + 1, to: a.length - end, text: b.slice(start, b.length - end).join('\n') };
}

/** What a completion asks for: a change, `keep`, or null where it has no answer that can be read. */
export function readAnswer(completion: string): LineChange | 'keep' | null {
  const answer = /<answer>([^]*?)<\/answer>/.exec(completion)?.[1];
  if (answer === undefined) return null;
  if (answer.trim() === 'keep') return 'keep';
  const [whole, from, to] = /^(\d{1,3}),(\d{1,3})\n/.exec(answer) ?? [];
  if (whole === undefined) return null;
  return { from: Number(from), to: Number(to), text: answer.slice(whole.length).replace(/\n$/, '') };
}

/** The text with the change made; null where it has no such lines. */
export function applyChange(text: string, { from, to, text: becomes }: LineChange): string | null {
  const lines = text.split('\n');
  if (from < 1 || to < from || to > lines.length) return null;
  return [...lines.slice(0, from - 1), ...(becomes === '' ? [] : [becomes]), ...lines.slice(to)].join('\n');
}

function short(value: string): string {
  return value.length <= longestValue ? value : `${value.slice(0, longestValue - 3)}...`;
}
