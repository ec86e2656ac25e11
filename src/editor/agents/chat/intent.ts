/** What a message to `@unmask` asks for. Pure: no language model reads it. */

export type Intent =
  { readonly kind: 'fix' } | { readonly kind: 'edit'; readonly instruction: string } | { readonly kind: 'help' };

/** `command`: the slash command without its slash. Without one the words decide: about failing tests it is a fix, else an edit. */
export function intentOf(command: string | undefined, prompt: string): Intent {
  const said = withoutReferences(prompt);
  if (command === 'fix') return { kind: 'fix' };
  if (command === 'edit') return { kind: 'edit', instruction: said };
  if (said === '' || /^(help|what can you do|hello|hi)\b[\s?!.]*$/i.test(said)) return { kind: 'help' };
  const aboutTests =
    /\b(tests?|specs?)\b.*\b(fail(s|ed|ing|ure)?|broken?|red|pass)\b|\b(fail(s|ed|ing)?|broken)\b.*\b(tests?|specs?)\b/i;
  if (/^(please\s+)?(fix|repair|debug)\b/i.test(said) || aboutTests.test(said)) return { kind: 'fix' };
  return { kind: 'edit', instruction: said };
}

/** References to files and selections (`#file:cart.js`) say where, not what. */
function withoutReferences(prompt: string): string {
  return prompt
    .replace(/(^|\s)#[\w-]+(:[^\s]+)?/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
