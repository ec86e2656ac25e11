/**
 * The development set of the repair search: small functions, ways to break each, calls that a visible test makes and calls that only the
 * hidden test makes. What is right is what the sound function returns. Used to tune priors; never mixed with samples/.
 */
export interface DevFunction {
  readonly name: string;
  readonly code: string;
  /** `[what stands there, what the bug made of it, kind]`; the first occurrence is replaced. */
  readonly bugs: readonly (readonly [string, string, string])[];
  readonly visible: readonly string[];
  readonly hidden: readonly string[];
}

export const devFunctions: readonly DevFunction[] = [
  {
    name: 'clamp',
    code: `
function clamp(value, low, high) {
  if (low > high) [low, high] = [high, low];
  if (value < low) return low;
  if (value > high) return high;
  return value;
}`,
    bugs: [
      ['return high;', 'return low;', 'variable'],
      ['if (value < low)', 'if (value > low)', 'operator'],
      ['  if (low > high) [low, high] = [high, low];\n', '', 'missing'],
    ],
    visible: ['clamp(5, 1, 3)', 'clamp(2, 1, 3)', 'clamp(0, 1, 3)', 'clamp(5, 3, 1)'],
    hidden: ['clamp(2, 3, 1)', 'clamp(1, 1, 3)', 'clamp(3, 1, 3)', 'clamp(-4, -2, -1)', 'clamp(9, -2, -1)', 'clamp(0, 2, 1)'],
  },
  {
    name: 'wordCount',
    code: `
function wordCount(text) {
  const counts = {};
  for (const word of text.toLowerCase().split(/\\s+/)) {
    if (word === '') continue;
    counts[word] = (counts[word] || 0) + 1;
  }
  return counts;
}`,
    bugs: [
      ['.toLowerCase()', '', 'missing'],
      ["    if (word === '') continue;\n", '', 'missing'],
      ['|| 0) + 1', '|| 1) + 1', 'value'],
      ['/\\s+/', '/\\s/', 'value'],
      ["word === ''", "word !== ''", 'operator'],
    ],
    visible: ["wordCount('a b a')", "wordCount(' The the  cat ')", "wordCount('')"],
    hidden: ["wordCount('x  y\\tx')", "wordCount('One one ONE')", "wordCount('   ')", "wordCount('a\\nb')"],
  },
  {
    name: 'binarySearch',
    code: `
function binarySearch(items, target) {
  let low = 0;
  let high = items.length - 1;
  while (low <= high) {
    const middle = Math.floor((low + high) / 2);
    if (items[middle] === target) return middle;
    if (items[middle] < target) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}`,
    bugs: [
      ['low <= high', 'low < high', 'operator'],
      ['low = middle + 1', 'low = middle + 2', 'value'],
      ['else high = middle - 1', 'else low = middle - 1', 'variable'],
      ['items[middle] < target', 'items[middle] > target', 'operator'],
      ['Math.floor((low + high) / 2)', '(low + high) / 2', 'missing'],
      ['return -1', 'return 0', 'value'],
    ],
    visible: [
      'binarySearch([1, 3, 5, 7, 9], 9)',
      'binarySearch([1, 3, 5, 7], 3)',
      'binarySearch([1], 1)',
      'binarySearch([1, 3], 2)',
      'binarySearch([2, 4, 6, 8, 10, 12], 8)',
    ],
    hidden: [
      'binarySearch([], 1)',
      'binarySearch([1, 2, 3, 4, 5, 6, 7], 1)',
      'binarySearch([1, 2, 3, 4, 5, 6, 7], 6)',
      'binarySearch([1, 2, 3], 4)',
      'binarySearch([1, 2, 3], 0)',
      'binarySearch([5, 8], 8)',
    ],
  },
  {
    name: 'capitalize',
    code: `
function capitalize(sentence) {
  return sentence
    .split(' ')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
    .join(' ');
}`,
    bugs: [
      ['word.slice(1)', 'word.slice(0)', 'value'],
      ['.toUpperCase()', '.toLowerCase()', 'function'],
      [".join(' ')", ".join('')", 'value'],
      ['word.slice(1).toLowerCase()', 'word.slice(1)', 'missing'],
      ['word.charAt(0).toUpperCase() + word.slice(1)', 'word.slice(1) + word.charAt(0).toUpperCase()', 'operator'],
    ],
    visible: ["capitalize('hello wORLD')", "capitalize('a')", "capitalize('one two three')"],
    hidden: ["capitalize('')", "capitalize('ABC dEF')", "capitalize('x  y')", "capitalize('q w e')"],
  },
  {
    name: 'median',
    code: `
function median(values) {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length % 2 === 0) {
    return (sorted[middle - 1] + sorted[middle]) / 2;
  }
  return sorted[middle];
}`,
    bugs: [
      ['.sort((a, b) => a - b)', '.sort()', 'missing'],
      ['sorted[middle - 1] + sorted[middle]', 'sorted[middle] + sorted[middle + 1]', 'value'],
      ['% 2 === 0', '% 2 === 1', 'value'],
      ['  if (values.length === 0) return NaN;\n', '', 'missing'],
      ['[...values].sort', 'values.sort', 'missing'],
      ['(sorted[middle - 1] + sorted[middle]) / 2', 'sorted[middle - 1] + sorted[middle] / 2', 'operator'],
    ],
    visible: [
      'median([3, 1, 2])',
      'median([10, 2, 30, 4])',
      'median([])',
      '(() => { const a = [3, 1, 2]; median(a); return a; })()',
      'median([7])',
    ],
    hidden: [
      'median([1, 2])',
      'median([100, 9, 8, 7, 6])',
      'median([5, 5, 5, 5])',
      'median([-1, -10, 3])',
      'median([4, 100, 20, 1000, 3, 7])',
    ],
  },
  {
    name: 'isPalindrome',
    code: `
function isPalindrome(text) {
  const clean = text.toLowerCase().replace(/[^a-z0-9]/g, '');
  let left = 0;
  let right = clean.length - 1;
  while (left < right) {
    if (clean[left] !== clean[right]) return false;
    left++;
    right--;
  }
  return true;
}`,
    bugs: [
      ['right--', 'right++', 'operator'],
      ['/[^a-z0-9]/g', '/[^a-z0-9]/', 'value'],
      ['text.toLowerCase()', 'text', 'missing'],
      ['clean[right]', 'clean[left]', 'variable'],
      ['return true', 'return false', 'value'],
      ['/[^a-z0-9]/g', '/[^a-z]/g', 'value'],
    ],
    visible: ["isPalindrome('A man, a plan, a canal: Panama')", "isPalindrome('ab')", "isPalindrome('12 3')", "isPalindrome('')"],
    hidden: [
      "isPalindrome('aa')",
      "isPalindrome('1a1')",
      "isPalindrome('No lemon, no melon!')",
      "isPalindrome('abca')",
      "isPalindrome('.,')",
      "isPalindrome('12321')",
    ],
  },
  {
    name: 'chunk',
    code: `
function chunk(items, size) {
  if (size < 1) return [];
  const chunks = [];
  for (let i = 0; i < items.length; i += size) {
    chunks.push(items.slice(i, i + size));
  }
  return chunks;
}`,
    bugs: [
      ['i += size', 'i++', 'operator'],
      ['i + size)', 'size)', 'missing'],
      ['items.slice(i, i + size)', 'items.slice(i, i + size - 1)', 'excess'],
      ['  if (size < 1) return [];\n', '', 'missing'],
      ['return chunks', 'return items', 'variable'],
      ['i < items.length', 'i < items.length - 1', 'excess'],
    ],
    visible: ['chunk([1, 2, 3, 4, 5], 2)', 'chunk([1, 2], 3)', 'chunk([], 2)', 'chunk([1, 2, 3], 1)', 'chunk([1, 2], 0)'],
    hidden: ['chunk([1, 2, 3, 4], 2)', 'chunk([1, 2, 3, 4, 5, 6, 7], 3)', 'chunk([9], 1)', 'chunk([1, 2], -1)'],
  },
  {
    name: 'gcd',
    code: `
function gcd(a, b) {
  a = Math.abs(a);
  b = Math.abs(b);
  while (b !== 0) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}`,
    bugs: [
      ['  a = Math.abs(a);\n', '', 'missing'],
      ['a % b', 'a / b', 'operator'],
      ['return a', 'return b', 'variable'],
      ['    a = b;\n    b = rest;', '    b = rest;\n    a = b;', 'order'],
      ['b !== 0', 'b === 0', 'operator'],
    ],
    visible: ['gcd(12, 18)', 'gcd(7, 3)', 'gcd(-4, 6)', 'gcd(5, 0)'],
    hidden: ['gcd(0, 5)', 'gcd(100, 75)', 'gcd(-8, -12)', 'gcd(17, 17)', 'gcd(-9, 0)'],
  },
  {
    name: 'flattenDeep',
    code: `
function flattenDeep(value, depth = Infinity) {
  const out = [];
  for (const item of value) {
    if (Array.isArray(item) && depth > 0) {
      out.push(...flattenDeep(item, depth - 1));
    } else {
      out.push(item);
    }
  }
  return out;
}`,
    bugs: [
      ['depth - 1', 'depth', 'missing'],
      ['...flattenDeep', 'flattenDeep', 'missing'],
      ['depth > 0', 'depth >= 0', 'operator'],
      ['Array.isArray(item) && depth > 0', 'Array.isArray(item)', 'missing'],
      ['      out.push(item);', '      out.push(value);', 'variable'],
      ['depth = Infinity', 'depth = 1', 'value'],
    ],
    visible: ['flattenDeep([1, [2, [3, [4]]]])', 'flattenDeep([1, [2, [3]]], 1)', 'flattenDeep([[1], 2], 0)'],
    hidden: ['flattenDeep([])', 'flattenDeep([[[[1]]]], 2)', 'flattenDeep([[[1]], 2], 1)', "flattenDeep(['ab', ['cd']])"],
  },
  {
    name: 'romanToInt',
    code: `
function romanToInt(roman) {
  const values = { I: 1, V: 5, X: 10, L: 50, C: 100, D: 500, M: 1000 };
  let total = 0;
  for (let i = 0; i < roman.length; i++) {
    const current = values[roman[i]];
    const next = values[roman[i + 1]] || 0;
    if (current < next) total -= current;
    else total += current;
  }
  return total;
}`,
    bugs: [
      ['total -= current', 'total -= next', 'variable'],
      ['current < next', 'current <= next', 'operator'],
      ['roman[i + 1]', 'roman[i - 1]', 'operator'],
      ['L: 50', 'L: 500', 'value'],
      ['total += current', 'total = current', 'operator'],
    ],
    visible: ["romanToInt('XIV')", "romanToInt('III')", "romanToInt('LVIII')", "romanToInt('MCMXCIV')"],
    hidden: [
      "romanToInt('')",
      "romanToInt('XL')",
      "romanToInt('CD')",
      "romanToInt('DCXXI')",
      "romanToInt('MM')",
      "romanToInt('IX')",
    ],
  },
  {
    name: 'camelCase',
    code: `
function camelCase(text) {
  const words = text.trim().split(/[\\s_-]+/);
  return words
    .map((word, index) => {
      const lower = word.toLowerCase();
      return index === 0 ? lower : lower.charAt(0).toUpperCase() + lower.slice(1);
    })
    .join('');
}`,
    bugs: [
      ['index === 0', 'index !== 0', 'operator'],
      ['text.trim()', 'text', 'missing'],
      ['lower.slice(1)', 'lower.slice(2)', 'value'],
      ['lower.slice(1)', 'word.slice(1)', 'variable'],
      ["join('')", "join(' ')", 'value'],
      ['index === 0', 'index === 1', 'value'],
    ],
    visible: ["camelCase(' hello world')", "camelCase('foo_bar-baz')", "camelCase('Foo BAR')"],
    hidden: ["camelCase('one')", "camelCase('A_b_C')", "camelCase('x  ')", "camelCase('many words in here')"],
  },
  {
    name: 'fibonacci',
    code: `
function fibonacci(n) {
  if (n <= 0) return 0;
  let previous = 0;
  let current = 1;
  for (let i = 2; i <= n; i++) {
    const next = previous + current;
    previous = current;
    current = next;
  }
  return current;
}`,
    bugs: [
      ['i <= n', 'i < n', 'operator'],
      ['let i = 2', 'let i = 1', 'value'],
      ['previous = current', 'previous = next', 'variable'],
      ['return current', 'return previous', 'variable'],
      ['  if (n <= 0) return 0;\n', '', 'missing'],
      ['    previous = current;\n', '', 'missing'],
    ],
    visible: ['fibonacci(0)', 'fibonacci(1)', 'fibonacci(2)', 'fibonacci(7)'],
    hidden: ['fibonacci(3)', 'fibonacci(10)', 'fibonacci(-1)', 'fibonacci(20)', 'fibonacci(5)'],
  },
  {
    name: 'parseQuery',
    code: `
function parseQuery(query) {
  const result = {};
  if (query.startsWith('?')) query = query.slice(1);
  if (query === '') return result;
  for (const pair of query.split('&')) {
    const [key, value = ''] = pair.split('=');
    result[decodeURIComponent(key)] = decodeURIComponent(value);
  }
  return result;
}`,
    bugs: [
      ["split('&')", "split(';')", 'value'],
      ["  if (query === '') return result;\n", '', 'missing'],
      ['= decodeURIComponent(value)', '= value', 'missing'],
      ["[key, value = '']", '[key, value]', 'missing'],
      ['query.slice(1)', 'query.slice(0)', 'value'],
      ['[decodeURIComponent(key)]', '[decodeURIComponent(value)]', 'variable'],
    ],
    visible: ["parseQuery('?a=1&b=2')", "parseQuery('')", "parseQuery('x=a%20b')", "parseQuery('flag')"],
    hidden: ["parseQuery('?')", "parseQuery('a=1')", "parseQuery('a=&b')", "parseQuery('%61=1')"],
  },
  {
    name: 'groupBy',
    code: `
function groupBy(items, keyOf) {
  const groups = {};
  for (const item of items) {
    const key = keyOf(item);
    if (!groups[key]) groups[key] = [];
    groups[key].push(item);
  }
  return groups;
}`,
    bugs: [
      ['if (!groups[key])', 'if (groups[key])', 'operator'],
      ['push(item)', 'push(key)', 'variable'],
      ['    if (!groups[key]) groups[key] = [];', '    groups[key] = [];', 'missing'],
      ['keyOf(item)', 'keyOf(items)', 'variable'],
      ['.push(item)', '.unshift(item)', 'function'],
    ],
    visible: [
      'groupBy([1, 2, 3, 4], (n) => (n % 2 ? "odd" : "even"))',
      'groupBy([], (x) => x)',
      'groupBy(["a", "bb", "c"], (s) => s.length)',
    ],
    hidden: [
      'groupBy([1, 1, 1], (n) => n)',
      'groupBy([{ a: 1 }, { a: 2 }, { a: 1 }], (o) => o.a)',
      'groupBy(["x", "y"], () => "all")',
    ],
  },
  {
    name: 'formatDuration',
    code: `
function formatDuration(seconds) {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = seconds % 60;
  const pad = (n) => String(n).padStart(2, '0');
  return hours > 0 ? hours + ':' + pad(minutes) + ':' + pad(rest) : minutes + ':' + pad(rest);
}`,
    bugs: [
      ['(seconds % 3600) / 60', 'seconds / 60', 'missing'],
      ['seconds % 60', 'seconds / 60', 'operator'],
      ['padStart', 'padEnd', 'function'],
      ['hours > 0', 'hours > 1', 'value'],
      ["padStart(2, '0')", 'padStart(2)', 'missing'],
      ['3600);\n', '360);\n', 'value'],
      [': minutes +', ': pad(minutes) +', 'excess'],
    ],
    visible: ['formatDuration(59)', 'formatDuration(61)', 'formatDuration(3661)', 'formatDuration(600)'],
    hidden: [
      'formatDuration(0)',
      'formatDuration(3600)',
      'formatDuration(7325)',
      'formatDuration(36000)',
      'formatDuration(3599)',
    ],
  },
  {
    name: 'primes',
    code: `
function primes(limit) {
  const found = [];
  for (let n = 2; n <= limit; n++) {
    let prime = true;
    for (let d = 2; d * d <= n; d++) {
      if (n % d === 0) {
        prime = false;
        break;
      }
    }
    if (prime) found.push(n);
  }
  return found;
}`,
    bugs: [
      ['n <= limit', 'n < limit', 'operator'],
      ['d * d <= n', 'd * d < n', 'operator'],
      ['let n = 2', 'let n = 1', 'value'],
      ['prime = false', 'prime = true', 'value'],
      ['if (prime)', 'if (!prime)', 'excess'],
      ['n % d === 0', 'n % d === 1', 'value'],
    ],
    visible: ['primes(10)', 'primes(11)', 'primes(1)', 'primes(30)'],
    hidden: ['primes(2)', 'primes(0)', 'primes(50)', 'primes(49)'],
  },
  {
    name: 'mergeSorted',
    code: `
function mergeSorted(a, b) {
  const out = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (a[i] <= b[j]) out.push(a[i++]);
    else out.push(b[j++]);
  }
  while (i < a.length) out.push(a[i++]);
  while (j < b.length) out.push(b[j++]);
  return out;
}`,
    bugs: [
      ['&& j < b.length', '|| j < b.length', 'operator'],
      ['  while (j < b.length) out.push(b[j++]);\n', '', 'missing'],
      ['else out.push(b[j++])', 'else out.push(b[i++])', 'variable'],
      ['a[i] <= b[j]', 'a[i] >= b[j]', 'operator'],
      ['while (i < a.length) out', 'while (i < b.length) out', 'variable'],
    ],
    visible: ['mergeSorted([1, 4, 6], [2, 3])', 'mergeSorted([], [1])', 'mergeSorted([1, 2], [])', 'mergeSorted([5], [1, 2, 9])'],
    hidden: [
      'mergeSorted([], [])',
      'mergeSorted([1, 1], [1])',
      'mergeSorted([1, 3, 5, 7], [2, 4, 6, 8])',
      'mergeSorted([9, 10], [1, 2, 3])',
    ],
  },
  {
    name: 'truncate',
    code: `
/** Shortens text to at most length characters, ending in an ellipsis: truncate('hello', 4) // 'h...' */
function truncate(text, length, omission = '...') {
  if (text.length <= length) return text;
  const keep = Math.max(0, length - omission.length);
  return text.slice(0, keep) + omission;
}`,
    bugs: [
      ['text.length <= length', 'text.length < length', 'operator'],
      ['length - omission.length', 'length', 'missing'],
      ['Math.max(0, length - omission.length)', 'length - omission.length', 'missing'],
      ['+ omission', "+ '...'", 'value'],
      ['text.slice(0, keep)', 'text.slice(keep)', 'missing'],
      ['Math.max', 'Math.min', 'function'],
    ],
    visible: ["truncate('hello world', 8)", "truncate('hello', 5)", "truncate('abcdef', 2)", "truncate('abcdef', 4, '!')"],
    hidden: [
      "truncate('', 3)",
      "truncate('abc', 2)",
      "truncate('hello world', 3)",
      "truncate('hello', 10)",
      "truncate('xxxxxx', 5, '--')",
    ],
  },
  {
    name: 'unique',
    code: `
function uniqueBy(items, key) {
  const seen = new Set();
  const out = [];
  for (const item of items) {
    const value = key ? item[key] : item;
    if (seen.has(value)) continue;
    seen.add(value);
    out.push(item);
  }
  return out;
}`,
    bugs: [
      ['    seen.add(value);\n', '', 'missing'],
      ['seen.add(value)', 'seen.add(item)', 'variable'],
      ['continue', 'break', 'operator'],
      ['if (seen.has(value))', 'if (!seen.has(value))', 'excess'],
      ['key ? item[key] : item', 'item[key]', 'missing'],
    ],
    visible: [
      'uniqueBy([1, 2, 1, 3])',
      'uniqueBy([{ id: 1, n: "a" }, { id: 1, n: "b" }, { id: 2, n: "c" }], "id")',
      'uniqueBy([])',
    ],
    hidden: ['uniqueBy(["a", "a"])', 'uniqueBy([{ k: 1 }, { k: 2 }, { k: 1 }, { k: 3 }], "k")', 'uniqueBy([3, 3, 2, 2, 1])'],
  },
  {
    name: 'leapYear',
    code: `
function daysInMonth(year, month) {
  if (month === 2) {
    const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
    return leap ? 29 : 28;
  }
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}`,
    bugs: [
      [' || year % 400 === 0', '', 'missing'],
      ['year % 100 !== 0', 'year % 100 === 0', 'operator'],
      ['leap ? 29 : 28', 'leap ? 28 : 29', 'order'],
      ['[4, 6, 9, 11]', '[4, 6, 9, 10]', 'value'],
      ['=== 0 && year', '=== 0 || year', 'operator'],
      ['month === 2', 'month === 1', 'value'],
    ],
    visible: [
      'daysInMonth(2000, 2)',
      'daysInMonth(1900, 2)',
      'daysInMonth(2023, 2)',
      'daysInMonth(2024, 2)',
      'daysInMonth(2023, 11)',
      'daysInMonth(2023, 1)',
      'daysInMonth(2023, 10)',
    ],
    hidden: [
      'daysInMonth(2100, 2)',
      'daysInMonth(2400, 2)',
      'daysInMonth(2020, 2)',
      'daysInMonth(2021, 4)',
      'daysInMonth(2021, 12)',
      'daysInMonth(2021, 9)',
    ],
  },
  {
    name: 'average',
    code: `
function weightedAverage(entries) {
  let sum = 0;
  let weights = 0;
  for (const { value, weight } of entries) {
    sum += value * weight;
    weights += weight;
  }
  if (weights === 0) return 0;
  return sum / weights;
}`,
    bugs: [
      ['value * weight', 'value + weight', 'operator'],
      ['weights += weight', 'weights += value', 'variable'],
      ['sum / weights', 'sum / entries.length', 'variable'],
      ['  if (weights === 0) return 0;\n', '', 'missing'],
      ['value * weight', 'value', 'missing'],
      ['weights += weight', 'weights += 1', 'value'],
    ],
    visible: [
      'weightedAverage([{ value: 2, weight: 1 }, { value: 4, weight: 3 }])',
      'weightedAverage([])',
      'weightedAverage([{ value: 5, weight: 2 }])',
    ],
    hidden: [
      'weightedAverage([{ value: 1, weight: 0 }])',
      'weightedAverage([{ value: 10, weight: 1 }, { value: 20, weight: 1 }])',
      'weightedAverage([{ value: 1, weight: 9 }, { value: 100, weight: 1 }])',
    ],
  },
  {
    name: 'balanced',
    code: `
function balanced(text) {
  const pairs = { ')': '(', ']': '[', '}': '{' };
  const stack = [];
  for (const c of text) {
    if (c === '(' || c === '[' || c === '{') stack.push(c);
    else if (pairs[c]) {
      if (stack.pop() !== pairs[c]) return false;
    }
  }
  return stack.length === 0;
}`,
    bugs: [
      ['return stack.length === 0', 'return true', 'value'],
      ['stack.pop() !== pairs[c]', 'stack.pop() === pairs[c]', 'operator'],
      ["|| c === '{'", '', 'missing'],
      ['stack.push(c)', 'stack.push(text)', 'variable'],
      ['stack.pop()', 'stack.shift()', 'function'],
      ["']': '['", "']': '('", 'value'],
    ],
    visible: ["balanced('([{}])')", "balanced('(]')", "balanced('(')", "balanced('a(b)c')", "balanced(')')"],
    hidden: [
      "balanced('')",
      "balanced('{[()()]}')",
      "balanced('([)]')",
      "balanced('[[')",
      "balanced('{}[]')",
      "balanced('[(])')",
    ],
  },
  {
    name: 'countVowels',
    code: `
const VOWELS = 'aeiou';
function countVowels(text) {
  let count = 0;
  for (const c of text.toLowerCase()) {
    if (VOWELS.includes(c)) count++;
  }
  return count;
}`,
    bugs: [
      ["'aeiou'", "'aeio'", 'value'],
      ['count++', 'count--', 'operator'],
      ['text.toLowerCase()', 'text', 'missing'],
      ['if (VOWELS.includes(c))', 'if (!VOWELS.includes(c))', 'excess'],
      ['let count = 0', 'let count = 1', 'value'],
    ],
    visible: ["countVowels('Education')", "countVowels('sky')", "countVowels('')"],
    hidden: ["countVowels('AEIOU')", "countVowels('banana')", "countVowels('queue')"],
  },
  {
    name: 'transpose',
    code: `
function transpose(matrix) {
  if (matrix.length === 0) return [];
  const out = [];
  for (let column = 0; column < matrix[0].length; column++) {
    const row = [];
    for (let i = 0; i < matrix.length; i++) {
      row.push(matrix[i][column]);
    }
    out.push(row);
  }
  return out;
}`,
    bugs: [
      ['matrix[i][column]', 'matrix[column][i]', 'order'],
      ['matrix[0].length', 'matrix.length', 'missing'],
      ['    out.push(row);\n', '', 'missing'],
      ['  if (matrix.length === 0) return [];\n', '', 'missing'],
      ['let i = 0', 'let i = 1', 'value'],
      ['out.push(row)', 'out.push(...row)', 'excess'],
    ],
    visible: ['transpose([[1, 2, 3], [4, 5, 6]])', 'transpose([])', 'transpose([[1]])'],
    hidden: ['transpose([[1], [2]])', 'transpose([[1, 2], [3, 4]])', 'transpose([[1, 2, 3]])'],
  },
  {
    name: 'debounceKey',
    code: `
function rotate(items, steps) {
  const size = items.length;
  if (size === 0) return [];
  const shift = ((steps % size) + size) % size;
  return items.slice(size - shift).concat(items.slice(0, size - shift));
}`,
    bugs: [
      ['((steps % size) + size) % size', 'steps % size', 'missing'],
      [
        'items.slice(size - shift).concat(items.slice(0, size - shift))',
        'items.slice(shift).concat(items.slice(0, shift))',
        'multi',
      ],
      ['  if (size === 0) return [];\n', '', 'missing'],
      ['slice(0, size - shift)', 'slice(1, size - shift)', 'value'],
      ['+ size) % size', '- size) % size', 'operator'],
    ],
    visible: ['rotate([1, 2, 3, 4], 1)', 'rotate([1, 2, 3, 4], -1)', 'rotate([], 3)', 'rotate([1, 2, 3], 5)'],
    hidden: [
      'rotate([1, 2, 3], 0)',
      'rotate([1, 2, 3], 3)',
      'rotate([1, 2, 3, 4, 5], -7)',
      'rotate([1], 4)',
      'rotate([1, 2, 3, 4, 5], 2)',
    ],
  },
  {
    name: 'bankers',
    code: `
function roundTo(value, digits = 0) {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}
function priceWithTax(price, rate, discount = 0) {
  const net = price * (1 - discount);
  return roundTo(net * (1 + rate), 2);
}`,
    bugs: [
      ['10 ** digits', '10 * digits', 'operator'],
      ['Math.round', 'Math.floor', 'function'],
      ['1 - discount', '1 + discount', 'operator'],
      ['net * (1 + rate)', 'price * (1 + rate)', 'variable'],
      ['(1 + rate), 2)', '(1 + rate), 1)', 'value'],
      ['/ factor', '* factor', 'operator'],
    ],
    visible: ['roundTo(1.2345, 2)', 'roundTo(7.6)', 'priceWithTax(100, 0.2)', 'priceWithTax(19.99, 0.19, 0.1)'],
    hidden: ['roundTo(-1.5)', 'roundTo(1234.567, 1)', 'priceWithTax(10, 0, 0.5)', 'priceWithTax(33.33, 0.07)', 'roundTo(0.5)'],
  },
  {
    name: 'stackMachine',
    code: `
function evaluate(tokens) {
  const stack = [];
  for (const token of tokens) {
    if (typeof token === 'number') {
      stack.push(token);
      continue;
    }
    const right = stack.pop();
    const left = stack.pop();
    switch (token) {
      case '+': stack.push(left + right); break;
      case '-': stack.push(left - right); break;
      case '*': stack.push(left * right); break;
      case '/': stack.push(left / right); break;
      default: throw new Error('Unknown operator');
    }
  }
  return stack.pop();
}`,
    bugs: [
      ['left - right', 'right - left', 'order'],
      ['stack.push(left * right); break;', 'stack.push(left * right);', 'missing'],
      ["token === 'number'", "token === 'string'", 'value'],
      ['      continue;\n', '', 'missing'],
      ['return stack.pop()', 'return stack', 'missing'],
      [
        'const right = stack.pop();\n    const left = stack.pop();',
        'const left = stack.pop();\n    const right = stack.pop();',
        'order',
      ],
    ],
    visible: ["evaluate([3, 4, '+'])", "evaluate([10, 4, '-', 3, '*'])", "evaluate([8, 2, '/'])", "evaluate([1, 2, '?'])"],
    hidden: ['evaluate([5])', "evaluate([2, 3, '*', 4, '+'])", "evaluate([1, 2, 3, '-', '-'])", "evaluate([9, 3, '/', 2, '*'])"],
  },
  {
    name: 'deepEqual',
    code: `
function deepEqual(a, b) {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const keysA = Object.keys(a);
  const keysB = Object.keys(b);
  if (keysA.length !== keysB.length) return false;
  return keysA.every((key) => deepEqual(a[key], b[key]));
}`,
    bugs: [
      ['every', 'some', 'function'],
      [' || a === null || b === null', '', 'missing'],
      ['  if (keysA.length !== keysB.length) return false;\n', '', 'missing'],
      ['b[key]))', 'b))', 'missing'],
      ['keysA.length !== keysB.length', 'keysA.length === keysB.length', 'operator'],
      ['Object.keys(b)', 'Object.keys(a)', 'variable'],
    ],
    visible: [
      'deepEqual({ a: 1, b: [1, 2] }, { a: 1, b: [1, 2] })',
      'deepEqual({ a: 1 }, { a: 1, b: 2 })',
      'deepEqual(null, {})',
      'deepEqual({}, null)',
      'deepEqual({ a: 1, b: 2 }, { a: 1, b: 3 })',
      'deepEqual(1, 1)',
    ],
    hidden: [
      'deepEqual([], [])',
      'deepEqual([1], [2])',
      'deepEqual({ a: { b: 1 } }, { a: { b: 2 } })',
      'deepEqual("a", "b")',
      'deepEqual(null, null)',
      'deepEqual({ a: 1, b: 2 }, { a: 1 })',
    ],
  },
  {
    name: 'topN',
    code: `
function topScores(players, count) {
  return players
    .filter((p) => p.active)
    .sort((a, b) => b.score - a.score || a.name.localeCompare(b.name))
    .slice(0, count)
    .map((p) => p.name);
}`,
    bugs: [
      ['b.score - a.score', 'a.score - b.score', 'order'],
      ['slice(0, count)', 'slice(1, count)', 'value'],
      [' || a.name.localeCompare(b.name)', '', 'missing'],
      ['p.active)', '!p.active)', 'excess'],
      ['p.name);', 'p.score);', 'variable'],
      ['    .filter((p) => p.active)\n', '', 'missing'],
    ],
    visible: [
      'topScores([{ name: "c", score: 5, active: true }, { name: "a", score: 5, active: true }, { name: "b", score: 9, active: true }, { name: "z", score: 99, active: false }], 2)',
      'topScores([], 3)',
      'topScores([{ name: "q", score: 1, active: true }, { name: "r", score: 2, active: true }], 5)',
    ],
    hidden: [
      'topScores([{ name: "x", score: 1, active: false }], 1)',
      'topScores([{ name: "b", score: 2, active: true }, { name: "a", score: 2, active: true }, { name: "c", score: 1, active: true }], 3)',
      'topScores([{ name: "b", score: 2, active: true }, { name: "a", score: 3, active: true }], 1)',
    ],
  },
  {
    name: 'caesar',
    code: `
function caesar(text, shift) {
  let out = '';
  for (const c of text) {
    const code = c.charCodeAt(0);
    if (code >= 97 && code <= 122) {
      out += String.fromCharCode(((code - 97 + shift + 26) % 26) + 97);
    } else {
      out += c;
    }
  }
  return out;
}`,
    bugs: [
      ['% 26) + 97', '% 26) + 96', 'value'],
      ['code <= 122', 'code < 122', 'operator'],
      ['out += c;', 'out = c;', 'operator'],
      ['shift + 26)', 'shift)', 'missing'],
      ['code - 97 + shift', 'code - 97 - shift', 'operator'],
      ['&& code <= 122', '|| code <= 122', 'operator'],
    ],
    visible: ["caesar('abc xyz', 3)", "caesar('d', -3)", "caesar('a', -1)", "caesar('Hi z!', 1)"],
    hidden: ["caesar('', 5)", "caesar('hello', 0)", "caesar('zebra', 1)", "caesar('b', -2)", "caesar('A-Z', 4)"],
  },
  {
    name: 'range',
    code: `
function range(start, end, step = 1) {
  if (end === undefined) {
    end = start;
    start = 0;
  }
  const out = [];
  if (step === 0) return out;
  for (let i = start; step > 0 ? i < end : i > end; i += step) out.push(i);
  return out;
}`,
    bugs: [
      ['    start = 0;\n', '', 'missing'],
      ['i > end', 'i >= end', 'operator'],
      ['step = 1', 'step = 2', 'value'],
      ['  if (step === 0) return out;\n', '', 'missing'],
      ['    end = start;\n    start = 0;', '    start = 0;\n    end = start;', 'order'],
      ['step > 0 ? i < end : i > end', 'i < end', 'missing'],
    ],
    visible: ['range(3)', 'range(1, 4)', 'range(5, 1, -2)', 'range(0, 10, 5)', 'range(1, 3, 0)'],
    hidden: ['range(0)', 'range(4, 0, -1)', 'range(2, 2)', 'range(-3)', 'range(0, 3, 1)', 'range(3, 1)'],
  },
  {
    name: 'csvLine',
    code: `
function parseLine(line, separator = ',') {
  const fields = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const c = line[i];
    if (c === '"') {
      if (quoted && line[i + 1] === '"') {
        field += '"';
        i++;
      } else {
        quoted = !quoted;
      }
    } else if (c === separator && !quoted) {
      fields.push(field);
      field = '';
    } else {
      field += c;
    }
  }
  fields.push(field);
  return fields;
}`,
    bugs: [
      ["      fields.push(field);\n      field = '';", '      fields.push(field);', 'missing'],
      ['  fields.push(field);\n  return', '  return', 'missing'],
      ['c === separator && !quoted', 'c === separator', 'missing'],
      ['quoted = !quoted', 'quoted = true', 'value'],
      ['        i++;\n', '', 'missing'],
      ['c === separator && !quoted', 'c === separator || !quoted', 'operator'],
      ['c === separator', "c === ','", 'value'],
    ],
    visible: [
      "parseLine('a,b,c')",
      `parseLine('"x,y",z')`,
      `parseLine('"say ""hi""",2')`,
      "parseLine('a;b', ';')",
      "parseLine('')",
    ],
    hidden: ["parseLine(',')", `parseLine('"",x')`, "parseLine('one')", `parseLine('"a;b";c', ';')`, `parseLine('1,"2,3",4')`],
  },
  {
    name: 'mask',
    code: `
function maskCard(number, visible = 4) {
  const digits = number.replace(/\\D/g, '');
  if (digits.length <= visible) return digits;
  return '*'.repeat(digits.length - visible) + digits.slice(-visible);
}`,
    bugs: [
      ['digits.slice(-visible)', 'digits.slice(visible)', 'operator'],
      ['digits.length - visible', 'digits.length', 'missing'],
      ['/\\D/g', '/\\d/g', 'value'],
      ['digits.length <= visible', 'digits.length >= visible', 'operator'],
      ["'*'.repeat(digits.length - visible)", "'*'.repeat(number.length - visible)", 'variable'],
      ['visible = 4', 'visible = 3', 'value'],
    ],
    visible: ["maskCard('1234-5678-9012-3456')", "maskCard('12', 4)", "maskCard('12345', 2)"],
    hidden: ["maskCard('1234')", "maskCard('')", "maskCard('98 76 54')", "maskCard('12345', 1)"],
  },
  {
    name: 'intersect',
    code: `
function overlap(a, b) {
  const start = Math.max(a.start, b.start);
  const end = Math.min(a.end, b.end);
  if (start >= end) return null;
  return { start, end, length: end - start };
}`,
    bugs: [
      ['Math.max(a.start, b.start)', 'Math.min(a.start, b.start)', 'function'],
      ['start >= end', 'start > end', 'operator'],
      ['end - start', 'start - end', 'order'],
      ['Math.min(a.end, b.end)', 'Math.min(a.end, b.start)', 'variable'],
      ['return null', 'return undefined', 'value'],
    ],
    visible: [
      'overlap({ start: 1, end: 5 }, { start: 3, end: 8 })',
      'overlap({ start: 1, end: 2 }, { start: 2, end: 3 })',
      'overlap({ start: 0, end: 10 }, { start: 2, end: 4 })',
    ],
    hidden: [
      'overlap({ start: 5, end: 6 }, { start: 1, end: 2 })',
      'overlap({ start: 3, end: 8 }, { start: 1, end: 5 })',
      'overlap({ start: 1, end: 4 }, { start: 1, end: 4 })',
    ],
  },
  {
    name: 'runLength',
    code: `
function encode(text) {
  let out = '';
  let count = 1;
  for (let i = 1; i <= text.length; i++) {
    if (text[i] === text[i - 1]) {
      count++;
    } else {
      out += text[i - 1] + (count > 1 ? count : '');
      count = 1;
    }
  }
  return text === '' ? '' : out;
}`,
    bugs: [
      ['i <= text.length', 'i < text.length', 'operator'],
      ['      count = 1;\n', '', 'missing'],
      ['count = 1;\n    }', 'count = 0;\n    }', 'value'],
      ['count > 1 ? count', 'count > 2 ? count', 'value'],
      ['out += text[i - 1]', 'out += text[i]', 'missing'],
      ["text === '' ? '' : out", 'out', 'missing'],
    ],
    visible: ["encode('aaabcc')", "encode('a')", "encode('')", "encode('abc')", "encode('zz')"],
    hidden: ["encode('aabbb')", "encode('xyzzz')", "encode('111')", "encode('abba')"],
  },
  {
    name: 'pick',
    code: `
function omit(object, keys) {
  const out = {};
  for (const [key, value] of Object.entries(object)) {
    if (!keys.includes(key)) out[key] = value;
  }
  return out;
}
function defaults(object, fallback) {
  return { ...fallback, ...object };
}`,
    bugs: [
      ['[key, value]', '[value, key]', 'order'],
      ['!keys.includes(key)', 'keys.includes(key)', 'missing'],
      ['{ ...fallback, ...object }', '{ ...object, ...fallback }', 'order'],
      ['Object.entries', 'Object.keys', 'function'],
      ['out[key] = value', 'out[value] = key', 'order'],
    ],
    visible: ['omit({ a: 1, b: 2, c: 3 }, ["b"])', 'defaults({ a: 1 }, { a: 2, b: 3 })', 'omit({}, ["x"])'],
    hidden: ['omit({ x: "y" }, [])', 'defaults({}, { k: 1 })', 'defaults({ k: undefined }, { k: 1 })', 'omit({ a: 1 }, ["a"])'],
  },
  {
    name: 'histogram',
    code: `
function histogram(values, min, max, bins) {
  const counts = new Array(bins).fill(0);
  const width = (max - min) / bins;
  for (const value of values) {
    if (value < min || value > max) continue;
    const index = Math.min(bins - 1, Math.floor((value - min) / width));
    counts[index]++;
  }
  return counts;
}`,
    bugs: [
      ['(value - min) / width', 'value / width', 'missing'],
      ['bins - 1', 'bins', 'missing'],
      ['value < min || value > max', 'value < min && value > max', 'operator'],
      ['Math.floor(', 'Math.round(', 'function'],
      ['(max - min) / bins', '(max + min) / bins', 'operator'],
      ['.fill(0)', '.fill(1)', 'value'],
      ['Math.min(bins', 'Math.max(bins', 'function'],
    ],
    visible: ['histogram([1, 2, 3, 4, 5], 1, 5, 4)', 'histogram([10, 19, 30], 10, 30, 2)', 'histogram([-5, 0.6, 50], 0, 10, 5)'],
    hidden: [
      'histogram([], 0, 1, 2)',
      'histogram([2, 2.5, 3.9], 2, 4, 2)',
      'histogram([0, 10], 0, 10, 1)',
      'histogram([5, 6, 7, 8], 4, 8, 4)',
    ],
  },
  {
    name: 'retry',
    code: `
function compareVersions(a, b) {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  const length = Math.max(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const difference = (left[i] || 0) - (right[i] || 0);
    if (difference !== 0) return difference > 0 ? 1 : -1;
  }
  return 0;
}`,
    bugs: [
      ['Math.max', 'Math.min', 'function'],
      ["a.split('.').map(Number)", "a.split('.')", 'missing'],
      ['(right[i] || 0)', 'right[i]', 'missing'],
      ['difference > 0 ? 1 : -1', 'difference > 0 ? -1 : 1', 'order'],
      ['right[i] || 0', 'right[i] || 1', 'value'],
      ['const right = b.split', 'const right = a.split', 'variable'],
    ],
    visible: [
      "compareVersions('1.2.3', '1.2.4')",
      "compareVersions('1.10', '1.9')",
      "compareVersions('1.0', '1')",
      "compareVersions('2', '1.9.9')",
      "compareVersions('1', '1.0.1')",
    ],
    hidden: [
      "compareVersions('0.1', '0.1')",
      "compareVersions('1.0.0.1', '1')",
      "compareVersions('3.2', '3.11')",
      "compareVersions('10.0', '9.0')",
    ],
  },
  {
    name: 'shoppingCart',
    code: `
class Cart {
  constructor() {
    this.items = [];
    this.coupon = null;
  }
  add(name, price, quantity = 1) {
    const existing = this.items.find((item) => item.name === name);
    if (existing) existing.quantity += quantity;
    else this.items.push({ name, price, quantity });
    return this;
  }
  remove(name) {
    this.items = this.items.filter((item) => item.name !== name);
    return this;
  }
  total() {
    const sum = this.items.reduce((acc, item) => acc + item.price * item.quantity, 0);
    return this.coupon && sum >= this.coupon.minimum ? sum - this.coupon.amount : sum;
  }
}`,
    bugs: [
      ['item.name !== name', 'item.name === name', 'operator'],
      ['existing.quantity += quantity', 'existing.quantity = quantity', 'operator'],
      ['item.price * item.quantity', 'item.price', 'missing'],
      ['sum >= this.coupon.minimum', 'sum > this.coupon.minimum', 'operator'],
      ['this.coupon && sum >= this.coupon.minimum', 'this.coupon', 'missing'],
      ['item.quantity, 0)', 'item.quantity)', 'missing'],
      ['sum - this.coupon.amount', 'sum - this.coupon.minimum', 'variable'],
      ['    return this;\n  }\n  remove', '  }\n  remove', 'missing'],
    ],
    visible: [
      "new Cart().add('a', 2, 3).add('b', 5).total()",
      "new Cart().add('a', 2).add('a', 2, 2).items",
      "new Cart().add('a', 2).add('b', 1).remove('a').total()",
      "(() => { const c = new Cart().add('x', 10); c.coupon = { minimum: 10, amount: 3 }; return c.total(); })()",
      "(() => { const c = new Cart().add('x', 8); c.coupon = { minimum: 10, amount: 3 }; return c.total(); })()",
    ],
    hidden: [
      'new Cart().total()',
      "new Cart().add('q', 3, 2).remove('z').total()",
      "(() => { const c = new Cart().add('x', 25, 2); c.coupon = { minimum: 20, amount: 4 }; return c.total(); })()",
      "new Cart().add('a', 1).add('b', 1).add('a', 1, 4).items",
    ],
  },
  {
    name: 'tree',
    code: `
function depth(node) {
  if (!node) return 0;
  return 1 + Math.max(depth(node.left), depth(node.right));
}
function sumTree(node) {
  if (!node) return 0;
  return node.value + sumTree(node.left) + sumTree(node.right);
}
function contains(node, value) {
  if (!node) return false;
  if (node.value === value) return true;
  return value < node.value ? contains(node.left, value) : contains(node.right, value);
}`,
    bugs: [
      ['1 + Math.max', 'Math.max', 'missing'],
      ['depth(node.right)', 'depth(node.left)', 'variable'],
      ['  if (!node) return 0;\n  return node.value', '  return node.value', 'missing'],
      ['sumTree(node.right)', 'node.right', 'missing'],
      ['value < node.value', 'value > node.value', 'operator'],
      ['  if (node.value === value) return true;\n', '', 'missing'],
      ['node.value + sumTree(node.left)', 'sumTree(node.left)', 'missing'],
      ['return 0;\n  return 1', 'return 1;\n  return 1', 'value'],
    ],
    visible: [
      'depth({ value: 1, left: { value: 0 }, right: { value: 2, right: { value: 3 } } })',
      'sumTree({ value: 1, left: { value: 4 }, right: { value: 2, right: { value: 3 } } })',
      'contains({ value: 5, left: { value: 2 }, right: { value: 8 } }, 8)',
      'contains({ value: 5, left: { value: 2 }, right: { value: 8 } }, 3)',
      'depth(null)',
    ],
    hidden: [
      'sumTree(null)',
      'contains({ value: 5, left: { value: 2 }, right: { value: 8 } }, 2)',
      'contains(null, 1)',
      'depth({ value: 1, left: { value: 1, left: { value: 1 } } })',
      'contains({ value: 5, left: { value: 2, right: { value: 3 } } }, 3)',
      'sumTree({ value: 7 })',
    ],
  },
  {
    name: 'slugify',
    code: `
function slugify(title) {
  return title
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
function unslug(slug) {
  return slug.split('-').filter(Boolean).join(' ');
}`,
    bugs: [
      ['    .toLowerCase()\n', '', 'missing'],
      ['[^a-z0-9]+', '[^a-z0-9]', 'value'],
      ["g, '-')", "g, '_')", 'value'],
      ["    .replace(/^-+|-+$/g, '')", '', 'missing'],
      ["join(' ')", "join('-')", 'value'],
      ['.filter(Boolean)', '', 'missing'],
    ],
    visible: ["slugify('  Hello, World! ')", "slugify('A  B')", "unslug('a--b-c')"],
    hidden: ["slugify('x')", "slugify('--Already-slugged--')", "unslug('one')", "slugify('Éa 9')", "unslug('a-b')"],
  },
  {
    name: 'events',
    code: `
function summarize(events, from, to) {
  const inside = events.filter((e) => e.time >= from && e.time < to);
  const byType = new Map();
  for (const e of inside) {
    byType.set(e.type, (byType.get(e.type) ?? 0) + e.amount);
  }
  let best = null;
  for (const [type, amount] of byType) {
    if (best === null || amount > best.amount) best = { type, amount };
  }
  return { count: inside.length, best };
}`,
    bugs: [
      ['e.time < to', 'e.time <= to', 'operator'],
      ['e.time >= from && e.time < to', 'e.time >= from || e.time < to', 'operator'],
      ['(byType.get(e.type) ?? 0) + e.amount', 'e.amount', 'missing'],
      ['amount > best.amount', 'amount < best.amount', 'operator'],
      ['best === null || amount', 'amount', 'missing'],
      ['inside.length', 'events.length', 'variable'],
      ['+ e.amount', '+ 1', 'value'],
    ],
    visible: [
      'summarize([{ time: 1, type: "a", amount: 2 }, { time: 2, type: "b", amount: 3 }, { time: 3, type: "a", amount: 2 }, { time: 5, type: "b", amount: 90 }], 1, 5)',
      'summarize([], 0, 1)',
      'summarize([{ time: 0, type: "x", amount: 1 }], 1, 2)',
    ],
    hidden: [
      'summarize([{ time: 1, type: "a", amount: 1 }], 1, 1)',
      'summarize([{ time: 1, type: "a", amount: 1 }, { time: 2, type: "c", amount: 7 }], 0, 9)',
      'summarize([{ time: 4, type: "a", amount: 5 }, { time: 4, type: "b", amount: 5 }, { time: 9, type: "c", amount: 50 }], 3, 9)',
    ],
  },
  {
    name: 'bits',
    code: `
function popCount(n) {
  let count = 0;
  while (n !== 0) {
    n &= n - 1;
    count++;
  }
  return count;
}
function hasFlag(flags, flag) {
  return (flags & flag) === flag;
}
function toBinary(n, width) {
  return n.toString(2).padStart(width, '0');
}`,
    bugs: [
      ['n &= n - 1', 'n ^= n - 1', 'operator'],
      ['(flags & flag) === flag', '(flags | flag) === flag', 'operator'],
      ['toString(2)', 'toString()', 'missing'],
      ['(flags & flag) === flag', '(flags & flag) !== 0', 'value'],
      ['count++', 'count += n', 'operator'],
    ],
    visible: ['popCount(7)', 'popCount(8)', 'hasFlag(6, 2)', 'hasFlag(6, 3)', 'toBinary(5, 8)', 'popCount(0)'],
    hidden: ['popCount(255)', 'hasFlag(0, 1)', 'hasFlag(7, 7)', 'toBinary(0, 2)', 'toBinary(300, 4)', 'popCount(5)'],
  },
  {
    name: 'paginate',
    code: `
function paginate(items, page, perPage) {
  const pages = Math.max(1, Math.ceil(items.length / perPage));
  const current = Math.min(Math.max(page, 1), pages);
  const start = (current - 1) * perPage;
  return {
    page: current,
    pages,
    items: items.slice(start, start + perPage),
    hasNext: current < pages,
    hasPrevious: current > 1,
  };
}`,
    bugs: [
      ['Math.ceil', 'Math.floor', 'function'],
      ['(current - 1) * perPage', 'current * perPage', 'missing'],
      ['current < pages', 'current <= pages', 'operator'],
      ['current > 1', 'current > 0', 'value'],
      ['Math.max(1, Math.ceil(items.length / perPage))', 'Math.ceil(items.length / perPage)', 'missing'],
      ['start + perPage', 'perPage', 'missing'],
      ['page: current', 'page: page', 'variable'],
    ],
    visible: [
      'paginate([1, 2, 3, 4, 5], 2, 2)',
      'paginate([], 1, 10)',
      'paginate([1, 2, 3], 9, 2)',
      'paginate([1, 2, 3, 4], 1, 2)',
    ],
    hidden: [
      'paginate([1, 2, 3], 0, 3)',
      'paginate([1, 2, 3, 4, 5, 6, 7], 3, 3)',
      'paginate([1], -5, 1)',
      'paginate([1, 2], 2, 1)',
    ],
  },
];
