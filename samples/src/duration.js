'use strict';

const UNITS = { s: 1, m: 60, h: 3600, d: 86400 };

/** Seconds of a duration such as "1h 30m" or "90s"; throws on anything else. */
function parseDuration(text) {
  let seconds = 0;
  let rest = text.trim();
  if (rest === '') {
    throw new SyntaxError('empty duration');
  }
  while (rest !== '') {
    const match = /^(\d+)\s*([smhd])\s*/.exec(rest);
    if (match === null) {
      throw new SyntaxError(`not a duration: ${text}`);
    }
    seconds += Number(match[1]) * UNITS[match[2]];
    rest = rest.slice(match[0].length);
  }
  return seconds;
}

/** Writes seconds with the two largest units that are needed: 3700 becomes "1h 1m". */
function formatDuration(seconds) {
  const parts = [];
  let rest = seconds;
  for (const unit of ['d', 'h', 'm', 's']) {
    const count = Math.floor(rest / UNITS[unit]);
    if (count > 0 && parts.length < 2) {
      parts.push(`${count}${unit}`);
    }
    rest -= count * UNITS[unit];
  }
  return parts.length > 0 ? parts.join(' ') : '0s';
}

/** Delay before a retry: doubles with every attempt (the first is number 0), never above the limit. */
function retryDelay(attempt, base = 100, limit = 5000) {
  return Math.min(base * 2 ** attempt, limit);
}

/** How long ago something was, for people: "just now", "5 minutes ago", "1 day ago". */
function timeAgo(then, now) {
  const seconds = Math.max(0, now - then);
  if (seconds < 60) {
    return 'just now';
  }
  const [count, unit] =
    seconds < 3600
      ? [Math.floor(seconds / 60), 'minute']
      : seconds < 86400
        ? [Math.floor(seconds / 3600), 'hour']
        : [Math.floor(seconds / 86400), 'day'];
  return `${count} ${unit}${count === 1 ? '' : 's'} ago`;
}

module.exports = { parseDuration, formatDuration, retryDelay, timeAgo };
