/** Which kinds of edits an instruction in words of one's own means, if any. Better none than a wrong one. */
import type { EditKind } from '../kind';
import { readExtraction, readRename } from './rename';
import { canonical, clausesOf, wishOf, type Wish } from './words';

export interface Match {
  readonly kind: EditKind;
  /** 0..1; 1 for one of the kind's own wordings. */
  readonly score: number;
  /** What stands for `{...}` in the wording, where the instruction is one of the kind's own. */
  readonly names: Readonly<Record<string, string>>;
  /** Other names and literals that the instruction mentions: places are to have them. */
  readonly mentioned: readonly string[];
}

/** What is known of a kind from its wordings. */
interface Known {
  readonly kind: EditKind;
  /** Sets of words that ask for the kind: those of its wordings, of their clauses, and of what they want. */
  readonly ways: readonly ReadonlySet<string>[];
  readonly all: ReadonlySet<string>;
  readonly wanted: ReadonlySet<string>;
  readonly unwanted: ReadonlySet<string>;
  /** What it takes away without putting anything in its place. */
  readonly removed: ReadonlySet<string>;
}

interface Vocabulary {
  readonly kinds: readonly Known[];
  /** How much a word tells: words of many kinds tell little. */
  readonly weight: (word: string) => number;
  readonly has: (word: string) => boolean;
}

const vocabularies = new WeakMap<readonly EditKind[], Vocabulary>();

/** Weight of words that no kind knows, compared with one that only one kind knows: they may be about where, or about something else altogether. */
const unknownShare = 0.6;
/** Below this an instruction is taken to mean something else. */
const leastScore = 0.62;
/** Above this one may ask whether a kind was meant: below it the guesses are mostly wrong. */
const nearScore = 0.52;
/** Kinds this close to the best are meant as well as it is ("use spread" means calls, arrays and objects). */
const closeScore = 0.04;

function vocabularyOf(kinds: readonly EditKind[]): Vocabulary {
  const found = vocabularies.get(kinds);
  if (found) return found;
  const known = kinds.map((kind): Known => {
    const texts = kind.wordings.map((w) => w.replace(/`?\{\w+\}`?/g, ' '));
    const wordings = texts.map(wishOf);
    const clauses = texts.flatMap(clausesOf).map(wishOf);
    const union = (of: (w: Wish) => ReadonlySet<string>): Set<string> => new Set(wordings.flatMap((w) => [...of(w)]));
    return {
      kind,
      ways: [
        ...wordings.flatMap((w) => (w.unwanted.size > 0 ? [w.all, w.wanted] : [w.all])),
        ...clauses.map((c) => c.all).filter((words) => words.size > 1),
      ],
      all: union((w) => w.all),
      wanted: union((w) => w.wanted),
      unwanted: union((w) => w.unwanted),
      removed: new Set(clauses.filter((c) => c.wanted.size === 0).flatMap((c) => [...c.unwanted])),
    };
  });
  const counts = new Map<string, number>();
  for (const { all } of known) for (const word of all) counts.set(word, (counts.get(word) ?? 0) + 1);
  const most = Math.log(known.length + 1);
  const vocabulary: Vocabulary = {
    kinds: known,
    weight: (word) => {
      const count = counts.get(word);
      return count === undefined ? most * unknownShare : Math.log((known.length + 1) / count);
    },
    has: (word) => counts.has(word),
  };
  vocabularies.set(kinds, vocabulary);
  return vocabulary;
}

/**
 * The kinds that an instruction means, best first; none if it means something else. `isName` says whether a word is a name or a literal of the source
 * that the instruction is about.
 */
export function matchKinds(instruction: string, kinds: readonly EditKind[], isName: (word: string) => boolean): Match[] {
  const text = instruction
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/(?<![?.])[.!]$/, '');
  if (text === '') return [];
  const exact = kinds.flatMap((kind) => {
    const names = ownWording(kind, text);
    return names ? [{ kind, score: 1, names, mentioned: [] }] : [];
  });
  if (exact.length > 0) return exact;
  const rename = kinds.find((kind) => kind.name === 'rename');
  const pair = rename && readRename(text, isName);
  if (pair) return [{ kind: rename, score: 1, names: { ...pair }, mentioned: [] }];
  const extract = kinds.find((kind) => kind.name === 'extract-constant');
  const literal = extract && readExtraction(text, isName);
  if (literal) return [{ kind: extract, score: 1, names: { ...literal }, mentioned: [] }];
  const scored = scoredKinds(text, kinds, isName).filter(({ score }) => score >= leastScore);
  const best = scored[0]?.score ?? 0;
  return scored.filter(({ score }) => score >= best - closeScore);
}

/** The kinds that an instruction comes near to without meaning one, nearest first: good enough to ask whether that was meant. */
export function nearKinds(instruction: string, kinds: readonly EditKind[], isName: (word: string) => boolean): EditKind[] {
  return scoredKinds(instruction, kinds, isName)
    .filter(({ score }) => score >= nearScore)
    .map(({ kind }) => kind);
}

/** All kinds, best first. */
function scoredKinds(text: string, kinds: readonly EditKind[], isName: (word: string) => boolean): Match[] {
  const vocabulary = vocabularyOf(kinds);
  const { words, mentioned } = withoutNames(text, vocabulary, isName);
  const wish = wishOf(words);
  return vocabulary.kinds
    .map((known): Match => ({ kind: known.kind, score: scoreOf(wish, known, vocabulary), names: {}, mentioned }))
    .sort((a, b) => b.score - a.score);
}

/** The names in an instruction that is one of the kind's own wordings (but for capitals, blanks and the full stop); undefined if it is none. */
function ownWording(kind: EditKind, text: string): Record<string, string> | undefined {
  for (const wording of kind.wordings) {
    const keys: string[] = [];
    const pattern = wording
      .replace(/\.$/, '')
      .split(/(`?\{\w+\}`?)/)
      .map((part) => {
        const key = /\{(\w+)\}/.exec(part)?.[1];
        if (key === undefined) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
        keys.push(key);
        const list = key === 'properties' ? '(?:, [\\w$]+)*' : '';
        return `(\`[^\`]+\`|"[^"]*"|'[^']*'|[^\\s\`"']+${list})`;
      })
      .join('');
    const match = new RegExp(`^${pattern}[.!]?$`, 'i').exec(text);
    if (!match) continue;
    return Object.fromEntries(keys.map((key, i) => [key, key === 'literal' ? match[i + 1]!.replace(/^`|`$/g, '') : unquoted(match[i + 1]!)])); // prettier-ignore
  }
  return undefined;
}

function unquoted(text: string): string {
  return text.replace(/^([`"'])(.*)\1$/, '$2');
}

/** Takes names of the source, and whatever is quoted, out of an instruction. */
function withoutNames(
  text: string,
  vocabulary: Vocabulary,
  isName: (word: string) => boolean,
): { words: string; mentioned: string[] } {
  const mentioned: string[] = [];
  const note = (word: string): string => {
    mentioned.push(word);
    return ' ';
  };
  const isWord = (word: string): boolean => canonical(word).every((w) => vocabulary.has(w));
  const words = text
    // A quoted word of the language is what the edit is about, not a name: `var`, `===`.
    .replace(/`([^`]+)`|(?<![\w])("[^"]*"|'[^']*')(?![\w])/g, (_whole, code: string | undefined, literal: string | undefined) => {
      const inner = code ?? literal!.slice(1, -1);
      if (isName(inner)) return note(inner);
      if (literal !== undefined && isName(literal)) return note(literal);
      return isWord(inner) ? ` ${inner} ` : note(inner);
    })
    .replace(/(?<![\w$.])[\w$]+(?![\w$]|\.\w)/g, (word) => (isName(word) && !isWord(word) ? note(word) : word));
  return { words, mentioned };
}

function scoreOf(wish: Wish, known: Known, { weight }: Vocabulary): number {
  const sum = (words: Iterable<string>): number => [...words].reduce((total, word) => total + weight(word), 0);
  const asked = sum(wish.all);
  if (asked === 0) return 0;
  // How much of what is asked the kind knows, and how much of one way to ask for the kind was said.
  const recall = sum([...wish.all].filter((word) => known.all.has(word))) / asked;
  const precision = Math.max(...known.ways.map((way) => saidOf(way, wish.all, weight)));
  if (recall === 0 || precision === 0) return 0;
  return recall ** 0.7 * precision ** 0.3 * agreementOf(wish, known, sum) ** 0.6;
}

/** 1 where the wish and the kind go the same way, 0 where one takes away what the other wants; in between where nothing is said about it. */
function agreementOf(wish: Wish, known: Known, sum: (words: Iterable<string>) => number): number {
  const { wanted, unwanted, removed } = known;
  // "No X" means the kinds that take X away, and not those that only change one X into another.
  const goes = (word: string): boolean => (wish.wanted.size > 0 ? unwanted.has(word) : unwanted.has(word) && (removed.has(word) || !wanted.has(word))); // prettier-ignore
  const stays = (word: string): boolean => wanted.has(word) && !goes(word);
  const withIt = sum([...wish.wanted].filter((w) => wanted.has(w))) + sum([...wish.unwanted].filter(goes));
  const against = sum([...wish.wanted].filter((w) => unwanted.has(w) && !wanted.has(w))) + sum([...wish.unwanted].filter(stays));
  return against + withIt === 0 ? 0.5 : withIt / (against + withIt);
}

/** How much of a wording was said, by weight. Less than half counts where the word that tells most is missing. */
function saidOf(wording: ReadonlySet<string>, said: ReadonlySet<string>, weight: (word: string) => number): number {
  if (wording.size === 0) return 0;
  let [all, found, most] = [0, 0, 0];
  for (const word of wording) {
    all += weight(word);
    if (said.has(word)) found += weight(word);
    most = Math.max(most, weight(word));
  }
  const key = [...wording].some((word) => weight(word) === most && said.has(word));
  return key ? found / all : found / all / 4;
}
