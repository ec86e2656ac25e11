'use strict';

/** Reads a query string; a name that occurs more than once gives a list. */
function parseQuery(text) {
  const result = {};
  const body = text.startsWith('?') ? text.slice(1) : text;
  for (const pair of body.split('&')) {
    if (pair === '') {
      continue;
    }
    const at = pair.indexOf('=');
    const name = decodeURIComponent(at < 0 ? pair : pair.slice(0, at));
    const value = at < 0 ? '' : decodeURIComponent(pair.slice(at + 1).replace(/\+/g, ' '));
    if (name in result) {
      result[name] = [].concat(result[name], value);
    } else {
      result[name] = value;
    }
  }
  return result;
}

/** Writes a query string, names in alphabetical order; undefined values are left out. */
function formatQuery(values) {
  const pairs = [];
  for (const name of Object.keys(values).sort()) {
    const list = Array.isArray(values[name]) ? values[name] : [values[name]];
    for (const value of list) {
      if (value !== undefined) {
        pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
      }
    }
  }
  return pairs.join('&');
}

/** The value at a path such as "user.tags[0]", or the fallback where there is none. */
function getPath(value, path, fallback) {
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '');
  let current = value;
  for (const key of keys) {
    if (current === null || typeof current !== 'object' || !(key in current)) {
      return fallback;
    }
    current = current[key];
  }
  return current;
}

/** Which top-level keys were added, removed or changed from one object to another, each list sorted. */
function diffKeys(before, after) {
  const added = Object.keys(after).filter((key) => !(key in before));
  const removed = Object.keys(before).filter((key) => !(key in after));
  const changed = Object.keys(before).filter((key) => key in after && !Object.is(before[key], after[key]));
  return { added: added.sort(), removed: removed.sort(), changed: changed.sort() };
}

module.exports = { parseQuery, formatQuery, getPath, diffKeys };
