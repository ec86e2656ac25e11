/** Renames, and names for literals, in words of one's own: which name is to become which. */

const name = '[`"\']?([A-Za-z_$][\\w$]*)[`"\']?';
const noun = '(?:the\\s+)?(?:(?:local\\s+)?(?:variable|parameter|argument|constant|name|identifier|const|let|var|param)\\s+)?';

/** Ways to say it; `old` tells which of the two names comes first. */
const ways: readonly { readonly pattern: RegExp; readonly old: 'first' | 'second' }[] = [
  [`renam(?:e|ing)\\s+${noun}${name}\\s+(?:to|into|as|->|→|=>)\\s+${noun}${name}`, 'first'],
  [`renam(?:e|ing)\\s+${noun}${name}\\s+${name}$`, 'first'],
  [`(?:change|switch|alter)\\s+(?:the\\s+)?name\\s+(?:of\\s+)?${noun}${name}\\s+(?:to|into)\\s+${name}`, 'first'],
  [`(?:change|switch|alter)\\s+${noun}${name}'s\\s+name\\s+(?:to|into)\\s+${name}`, 'first'],
  [`(?:call|name)\\s+${noun}${name}\\s+${name}(?:\\s+(?:instead|please))?$`, 'first'],
  [`${noun}${name}\\s+(?:should|must|shall|has\\s+to|needs\\s+to)\\s+be\\s+(?:called|named|renamed\\s+(?:to|as))\\s+${name}`, 'first'],
  [`(?:use|give(?:\\s+it)?)\\s+(?:the\\s+|a\\s+)?(?:new\\s+)?name\\s+${name}\\s+(?:for|to|instead\\s+of)\\s+${noun}${name}`, 'second'],
  [`give\\s+${noun}${name}\\s+the\\s+(?:new\\s+)?name\\s+${name}`, 'first'],
  [`^${name}\\s*(?:->|→|=>)\\s*${name}$`, 'first'],
].map(([pattern, old]) => ({ pattern: new RegExp(pattern!, 'i'), old: old as 'first' | 'second' })); // prettier-ignore

/** The two names of a rename; undefined if the instruction is none, or does not name a name of the source. */
export function readRename(text: string, isName: (word: string) => boolean): { from: string; to: string } | undefined {
  const plain = text.replace(/[.!]$/, '');
  for (const { pattern, old } of ways) {
    const match = pattern.exec(plain);
    if (!match) continue;
    const [from, to] = old === 'first' ? [match[1]!, match[2]!] : [match[2]!, match[1]!];
    if (isName(from) && from !== to) return { from, to };
  }
  return undefined;
}

const extracting = /\b(?:extract|pull|hoist|move|introduce|replace|give|name|make)\b/i;
const literals = /(?<![\w$.])(?:\d[\w.]*|"[^"\n]*"|'[^'\n]*')(?![\w$])/g;

/** The literal that is to get a name, and the name where one is said; undefined if the instruction is about no literal of the source. */
export function readExtraction(text: string, isName: (word: string) => boolean): { literal: string; name?: string } | undefined {
  if (!extracting.test(text) || !/\bconst(?:ant)?s?\b|\bnam(?:e|ed)\b|\bextract\b|\bvariable\b/i.test(text)) return undefined;
  const literal = [...text.matchAll(literals)].map(([found]) => found).find(isName);
  if (literal === undefined) return undefined;
  const rest = text.replace(literal, ' ');
  const name = /\b(?:named|called|name|as|constant|const)\s*[:,]?\s+[`"']?([A-Za-z_$][\w$]*)[`"']?[.!]?$/i.exec(rest)?.[1];
  return name === undefined ? { literal } : { literal, name };
}
