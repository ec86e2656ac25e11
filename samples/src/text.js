'use strict';

/** Makes the first letter of every word a capital and the rest small. */
function titleCase(text) {
  return text
    .split(' ')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase())
    .join(' ');
}

/** The initials of a name, at most `max` of them: "Ada King Lovelace" gives "AKL". */
function initials(name, max = 3) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  return words
    .slice(0, max)
    .map((word) => word[0].toUpperCase())
    .join('');
}

/** Shortens a text to `limit` characters, ellipsis included, and cuts between words: as many words as fit are kept. */
function truncate(text, limit) {
  if (text.length <= limit) {
    return text;
  }
  const head = text.slice(0, limit);
  const cut = head.indexOf(' ');
  return (cut > 0 ? head.slice(0, cut) : head.slice(0, limit - 1)) + '…';
}

/** Breaks a text into lines of at most `width` characters; a longer word stands alone on its line. */
function wordWrap(text, width) {
  const lines = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line === '') {
      line = word;
    } else if (line.length + 1 + word.length <= width) {
      line += ' ' + word;
    } else {
      lines.push(line);
      line = word;
    }
  }
  lines.push(line);
  return lines;
}

module.exports = { titleCase, initials, truncate, wordWrap };
