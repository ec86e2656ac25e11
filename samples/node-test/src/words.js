/** Lower-case words of a text, without signs; a word may hold an apostrophe. */
export function words(text) {
  return text.toLowerCase().match(/[a-z0-9]+(?:'[a-z]+)?/g) ?? [];
}

/** The most frequent words with their counts; equal counts in alphabetical order. */
export function topWords(text, limit) {
  const counts = new Map();
  for (const word of words(text)) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts]
    .sort(([wordA, countA], [wordB, countB]) => countB - countA || wordA.localeCompare(wordB))
    .slice(0, limit);
}

/** A name for use in an address: words joined by dashes, at most `limit` characters, no word cut. */
export function slug(title, limit = 40) {
  let result = '';
  for (const word of words(title)) {
    const next = result === '' ? word : `${result}-${word}`;
    if (next.length > limit) {
      break;
    }
    result = next;
  }
  return result;
}

/** Roman numeral of a whole number from 1 to 3999. */
export function roman(number) {
  const signs = [['M', 1000], ['CM', 900], ['D', 500], ['CD', 400], ['C', 100], ['XC', 90], ['L', 50], ['XL', 40], ['X', 10], ['IX', 9], ['V', 5], ['IV', 4], ['I', 1]];
  let rest = number;
  let text = '';
  for (const [sign, value] of signs) {
    while (rest >= value) {
      text += sign;
      rest -= value;
    }
  }
  return text;
}
