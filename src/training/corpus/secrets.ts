/** Texts that look as if they hold a key or password: patterns of well-known issuers, and long strings too random to be words. */

const patterns: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/],
  ['cloud key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['forge token', /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,}|glpat-[A-Za-z0-9_-]{20,})\b/],
  ['registry token', /\bnpm_[A-Za-z0-9]{36}\b/],
  ['chat token', /\bxox[abprs]-[A-Za-z0-9-]{10,}/],
  ['api key', /\bAIza[0-9A-Za-z_-]{35}\b|\bsk_live_[0-9A-Za-z]{16,}|\bsk-[A-Za-z0-9]{32,}\b/],
  ['web token', /\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{10,}/],
  [
    'password in a url',
    /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@'"`$]{2,}:(?!pass|pw|secret|\*|x+@)[^\s/:@'"`$]{6,}@(?!localhost|example|127\.)[a-z0-9.-]+\.[a-z]{2,}/i,
  ],
];

/** Bits a character: base64 of random bytes has almost 6, hexadecimal 4, words in any case and style hardly more than 4. */
const entropyLimits = { base64: 4.6, hex: 3.2 } as const;

/** What a text seems to hold; null where it seems clean. */
export function secretIn(text: string): string | null {
  for (const [name, pattern] of patterns) if (pattern.test(text)) return name;
  for (const [quoted] of text.matchAll(/(?<=['"`])[A-Za-z0-9+/=_-]{32,200}(?=['"`])/g))
    if (isRandom(quoted)) return 'random string';
  return null;
}

/** Whether a string of 32 characters or more is as random as a key. Alphabets and runs of digits are not: each of their characters follows from the last. */
function isRandom(s: string): boolean {
  if (steps(s) > 0.4) return false;
  if (/^[0-9a-f]+$|^[0-9A-F]+$/.test(s)) return entropy(s) > entropyLimits.hex;
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/].filter((kind) => kind.test(s)).length;
  return kinds === 3 && entropy(s) > entropyLimits.base64;
}

/** Share of characters that are the last one's successor or repetition. */
function steps(s: string): number {
  let count = 0;
  for (let i = 1; i < s.length; i++) if (Math.abs(s.charCodeAt(i) - s.charCodeAt(i - 1)) <= 1) count++;
  return count / (s.length - 1);
}

/** Shannon entropy of the characters, bits each. */
export function entropy(s: string): number {
  const counts = new Map<string, number>();
  for (const c of s) counts.set(c, (counts.get(c) ?? 0) + 1);
  let bits = 0;
  for (const n of counts.values()) bits -= (n / s.length) * Math.log2(n / s.length);
  return bits;
}
