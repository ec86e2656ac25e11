/** An instruction as words that can be compared: one form for each meaning, and which of them are wanted and which are to go. */

/** Several words that mean one thing, before anything else is looked at. */
const phrases: readonly (readonly [RegExp, string])[] = [
  [/\bfor\s*(?:\.{3}|…|-|\s)\s*of\b/g, ' forof '],
  [/\bfor\s*(?:-|\s)\s*each\b/g, ' foreach '],
  [/\bstarts?[\s-]+with\b/g, ' startswith '],
  [/\bindex[\s-]+of\b/g, ' indexof '],
  [/\b(?:return|exit|leave|bail(?:\s+out)?)\s+early\b|\bearly\s+(?:return|exit)s?\b|\bguard\s+clauses?\b/g, ' guard '],
  [/\b(?:conditional|ternary)\s+(?:expression|operator)s?\b|\bternar(?:y|ies)\b/g, ' ternary '],
  [/\btemplate\s+(?:literal|string)s?\b|\bbacktick(?:s|ed)?(?:\s+strings?)?\b/g, ' template '],
  [/\b(?:string\s+)?interpolat(?:e|es|ion|ing)\b/g, ' template '],
  [/\b(?:string\s+)?concatenat(?:e|es|ed|ion|ions|ing)\b/g, ' gluing '],
  [/\basync\s*(?:\/|-|\s|and)\s*await\b/g, ' await '],
  [/\bpromise\s+chain(?:s|ing)?\b|\bchain(?:ing)?\s+(?:the\s+)?promises?\b/g, ' then promise '],
  [/\bstrict(?:ly)?\s+(?:equality|equals?|comparisons?|comparing)\b|\btriple[\s-]equals?\b|\bcompare\s+strictly\b/g, ' strict === '],
  [/\bloose(?:ly)?\s+(?:equality|equals?|comparisons?)\b|\bdouble[\s-]equals?\b/g, ' loose == '],
  [/\bdoc(?:s|umentation)?\s+(?:comment|block|string)s?\b|\bjs\s*doc\b|\bdocstrings?\b/g, ' jsdoc '],
  [/\bown[\s-]propert(?:y|ies)\b|\bhas\s+own\b/g, ' hasown '],
  [/\bnull(?:ish)?\s+coalesc(?:e|ing|ence)\b/g, ' nullish '],
  [/\boptional\s+chain(?:s|ing|ed)?\b/g, ' ?. '],
  [/\bfat\s+arrows?\b|\blambdas?\b/g, ' arrow function '],
  [/\bobject\s+rest\/spread\b/g, ' object spread '],
  [/\bcurly\s+(?:brace|bracket)s?\b/g, ' brace '],
  [/\bget\s+rid\s+of\b|\bleave\s+out\b|\btake\s+away\b/g, ' remove '],
  [/\b(?:do\s+not|don'?t|never|stop)\s+(?:use|using|write|writing)\b|\b(?:avoid|forbid|ban)(?:s|ing)?\b|\bno\s+(?:more|longer|need\s+(?:for|of))\b/g, ' no '],
  [/\binstead\s+of\b|\brather\s+than\b|\bin\s+place\s+of\b/g, ' instead '],
  [/\bin\s+favou?r\s+of\b/g, ' by '],
  [/\bexponent(?:iation|s)?(?:\s+operator)?\b|\bpow(?:er)?s?\s+operator\b/g, ' ** '],
  [/\breturn\s+types?\b/g, ' returntype '],
  [/\bdefault\s+(?:parameter|argument|value)s?\b/g, ' default parameter '],
  [/\bcatch\s+(?:binding|parameter|variable|argument)s?\b|\b(?:error|exception)\s+variable\s+of\s+(?:the\s+)?catch\b/g, ' catch binding '],
  [/\bindex\s+loops?\b|\bcounting\s+loops?\b|\bc[\s-]style\s+(?:for\s+)?loops?\b|\bclassic\s+for\s+loops?\b/g, ' index loop '],
]; // prettier-ignore

/** One form for words of one meaning; keys are stems. */
const meanings: ReadonlyMap<string, string> = new Map(
  Object.entries({
    change: 'convert turn transform rewrit replac switch migrat swap exchang substitut mak modernis modern updat',
    use: 'apply prefer employ utilis introduc adopt',
    remove: 'drop delet eliminat strip omit unnecessary redundant needless superfluous unus useless',
    add: 'put insert writ giv attach missing',
    shorten: 'simplify simpl concis short shorter compact condens reduc abbreviat',
    expand: 'lengthen unfold verbos',
    jsdoc: 'document documentation describ doc',
    const: 'constant',
    function: 'fn func',
    arrow: 'arrow =>',
    loop: 'iterat iteration',
    string: 'text str',
    brace: 'block',
    nest: 'nesting indentation',
    declare: 'declaration declar variable',
    parameter: 'param argument arg',
    property: 'propert prop field key',
    condition: 'conditional check test',
    negate: 'negat negativ invert flip',
    rename: 'renam',
    spread: 'spread ...',
    equal: 'equality comparison compar',
    template: 'template',
    type: 'typ annotat annotation',
    destructure: 'destructur unpack',
    inline: 'inlin',
    extract: 'extract hoist pull',
    dot: 'dotted',
    boolean: 'bool true false',
    callback: 'callback',
    branch: 'branch',
    element: 'element item entry',
    nullish: 'nullish ??',
    hasown: 'hasown hasownproperty',
    split: 'split separat',
  }).flatMap(([meaning, words]) => [stem(meaning), ...words.split(' ')].map((word) => [word, meaning] as const)),
);

/** Words without a meaning of their own here. */
const empty = new Set(
  (
    'a an the this that these those here there please kindly can could would should you we i my our your it its is are be being been do does ' +
    'all every each any everywhere where possible as well also so just only code selection selected lines line file now some such them they which ' +
    'want need like one own what whose has have had will must may might statement everything through throughout magic number keyword syntax more'
  ).split(' '),
);
/** Words that say how things are related. */
const relations = new Set(['instead', 'by', 'with', 'to', 'into', 'from', 'in', 'for', 'of', 'no', 'after', 'when', 'while', 'on', 'at', 'that', 'and', 'or', 'over', 'than', 'without', 'not', 'using']); // prettier-ignore

/** A word's stem: enough for verbs and plurals. */
function stem(word: string): string {
  if (!/^[a-z]+$/.test(word)) return word;
  let s = word.replace(/iz(e|es|ed|ing)$/, 'is$1');
  if (s.length > 4 && s.endsWith('ies')) return `${s.slice(0, -3)}y`;
  if (s.length > 3 && s.endsWith('s') && !/(?:ss|us|is)$/.test(s)) s = s.slice(0, -1);
  if (s.length > 5 && s.endsWith('ing')) s = s.slice(0, -3).replace(/([^aeiou])\1$/, '$1');
  else if (s.length > 4 && s.endsWith('ed')) s = s.slice(0, -2).replace(/([^aeioul])\1$/, '$1');
  return s.length > 3 ? s.replace(/e$/, '') : s;
}

function meaningOf(word: string): string {
  const s = stem(word);
  return meanings.get(s) ?? meanings.get(word) ?? s;
}

/** The one form of each word of a text, relations included, empty words left out. */
export function canonical(text: string): string[] {
  // The class of that name is not the method.
  const cased = text.replace(/\bMap\b/g, 'mapclass');
  let plain = ` ${cased.toLowerCase().replaceAll('’', "'")} `;
  for (const [phrase, word] of phrases) plain = plain.replace(phrase, word);
  const raw = plain.match(/\.{3}|===|!==|==|!=|\?\?=?|\?\.|\*\*|=>|&&|\|\||[-+*/%|&]=|\+|[a-z_$][\w$]*(?:\.[a-z_$][\w$]*)+|[a-z_$][\w$'-]*|\d[\w.]*/g) ?? []; // prettier-ignore
  return (
    raw
      .flatMap((word) =>
        word.includes('.') && /[a-z]/.test(word) ? [word.replaceAll('.', ''), word.split('.').at(-1)!] : [word],
      )
      .flatMap((word) => (/^[a-z]+-[a-z-]+$/.test(word) ? word.split('-') : [word.replace(/'s?$/, '')]))
      // Single letters stand for anything.
      .filter((word) => !/^[a-z]?$/.test(word) && !empty.has(word))
      .map((word) => (relations.has(word) ? word : meaningOf(word)))
  );
}

/** The clauses of an instruction: none says anything about the words of the next one. */
export function clausesOf(text: string): string[] {
  return text.split(/(?<!\?)[.,;:](?=\s|$)|\n/).filter((clause) => clause.trim() !== '');
}

export interface Wish {
  /** Every word with a meaning. */
  readonly all: ReadonlySet<string>;
  /** What there is to be. */
  readonly wanted: ReadonlySet<string>;
  /** What is to go. */
  readonly unwanted: ReadonlySet<string>;
}

/** Verbs: they say that something is to be done, not what. */
const verbs = new Set(['change', 'use', 'add', 'remove', 'shorten']);

/**
 * Reads which words are wanted and which are to go: "A instead of B", "replace B by A", "B to A", "no B". What stands after words such as "from" or
 * "where" is context, and neither.
 */
export function wishOf(text: string): Wish {
  const all = new Set<string>();
  const wanted = new Set<string>();
  const unwanted = new Set<string>();
  for (const clause of clausesOf(text)) {
    const words = canonical(clause);
    for (const word of words) if (!relations.has(word)) all.add(word);
    readClause(words, wanted, unwanted);
  }
  return { all, wanted, unwanted };
}

function readClause(words: readonly string[], wanted: Set<string>, unwanted: Set<string>): void {
  const instead = words.findIndex((w) => w === 'instead' || w === 'over' || w === 'than');
  if (instead > 0) {
    note(words.slice(0, instead), wanted);
    note(words.slice(instead + 1), unwanted);
    return;
  }
  const changes = words.indexOf('change');
  const by = words.findIndex((w, i) => i > changes && ['by', 'with', 'to', 'into'].includes(w));
  if (changes >= 0 && by > changes) {
    note(words.slice(changes + 1, by), unwanted);
    note(words.slice(by + 1), wanted);
    return;
  }
  const no = words.findIndex((w) => ['no', 'avoid', 'remove', 'without', 'not'].includes(w));
  if (no >= 0) {
    note(words.slice(0, no), wanted);
    note(words.slice(no + 1), unwanted);
    return;
  }
  note(words, wanted);
}

/** The words up to the first that begins context. */
function note(words: readonly string[], into: Set<string>): void {
  for (const word of words) {
    if (['from', 'in', 'for', 'when', 'after', 'that', 'on', 'at', 'of', 'while'].includes(word)) break;
    if (!relations.has(word) && !verbs.has(word)) into.add(word);
  }
}

const betterWords = new Set([
  'improv',
  'better',
  'tidy',
  'bett',
  'clean',
  'cleanup',
  'polish',
  'refactor',
  'nic',
  'readable',
  'readability',
  'up',
]);

/** True for an instruction that asks for better code without saying how: "improve", "clean this up", "simplify". */
export function meansImprove(text: string): boolean {
  if (text.trim() === '') return true;
  const words = canonical(text.replace(/\bcode\b/gi, ' ').replace(/\bmodern\w*/gi, 'better'));
  const asks = words.filter((word) => betterWords.has(word) || word === 'shorten');
  return asks.length > 0 && words.every((word) => asks.includes(word) || word === 'change' || relations.has(word));
}
