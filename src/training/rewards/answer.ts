/** The answer of a completion, as d1's reward functions find it: what the last closed pair of answer tags holds, trimmed. */
export function lastAnswer(completion: string): string | null {
  let found: string | null = null;
  for (const match of completion.matchAll(/<answer>([^]*?)<\/answer>/g)) found = match[1]!.trim();
  return found;
}
