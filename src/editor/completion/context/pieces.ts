/** Cuts files into pieces, and chooses those that belong before a completion. Pure: texts in, text out. */
import { Bm25, termsOf } from './bm25';
import type { Place } from '../reuse';

/** A file that may help: one that is imported, or that was edited lately. */
export interface Neighbour {
  readonly path: string;
  readonly text: string;
  /** The names that the document at hand takes from it. */
  readonly imported: readonly string[];
}

interface Piece {
  readonly path: string;
  readonly text: string;
  /** Names that are declared in it. */
  readonly declares: readonly string[];
  readonly terms: readonly string[];
}

/** A neighbour, cut and ready to be indexed. */
export interface CutFile {
  readonly pieces: readonly Piece[];
  readonly imported: readonly string[];
}

/** Characters around the cursor that say what is wanted; those of the cursor's own line count twice. */
const queryBefore = 500;
const queryAfter = 150;
/** A piece that declares a name which is imported and used near the cursor. */
const symbolBonus = 2;

const declaration =
  /^\s*(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:function\*?|class|const|let|var|interface|type|enum)\s+([\p{L}_$][\p{L}\p{N}_$]*)/gmu;

/** Pieces of neighbours, indexed: made once, asked with every completion. */
export class PieceIndex {
  private readonly pieces: readonly Piece[];
  private readonly ranking: Bm25;
  private readonly imported: ReadonlySet<string>;

  constructor(files: readonly CutFile[]) {
    this.pieces = files.flatMap(({ pieces }) => pieces);
    this.ranking = new Bm25(this.pieces.map(({ terms }) => terms));
    this.imported = new Set(files.flatMap(({ imported }) => imported));
  }

  /** The pieces that fit a place best, of at most so many characters together, the best of them last: nearest to the cursor. Empty where none fits. */
  contextFor({ prefix, suffix }: Place, characters: number): string {
    const before = prefix.slice(-queryBefore);
    const line = before.slice(before.lastIndexOf('\n') + 1);
    const query = termsOf(`${before}\n${suffix.slice(0, queryAfter)}\n${line}`);
    const used = new Set(
      [...`${before}\n${suffix.slice(0, queryAfter)}`.matchAll(/[\p{L}_$][\p{L}\p{N}_$]*/gu)].map(([word]) => word),
    );
    const scores = this.ranking.scores(query);
    const ranked = this.pieces
      .map((piece, i) => {
        const wanted = piece.declares.some((name) => this.imported.has(name) && used.has(name));
        return { piece, score: scores[i]! * (wanted ? symbolBonus : 1) };
      })
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score);
    const chosen: Piece[] = [];
    let room = characters;
    for (const { piece } of ranked) {
      if (piece.text.length + 1 > room) break;
      // What stands around the cursor already, or in a better piece, says nothing new.
      if (prefix.includes(piece.text) || suffix.includes(piece.text) || chosen.some((known) => overlap(known, piece))) continue;
      chosen.unshift(piece);
      room -= piece.text.length + 1;
    }
    return chosen.map(({ text }) => `${text}\n`).join('');
  }
}

/** Cuts a file into pieces of at most so many characters. */
export function cutFile({ path, text, imported }: Neighbour, characters: number): CutFile {
  return { pieces: piecesOf(path, text, characters), imported };
}

/** Runs of whole lines, each beginning where half of the one before is over, or earlier where a declaration begins. */
function piecesOf(path: string, text: string, characters: number): Piece[] {
  const lines = text.split(/\r?\n/).map((line) => line.trimEnd());
  const pieces: Piece[] = [];
  let from = 0;
  while (from < lines.length) {
    let [end, length] = [from, 0];
    while (end < lines.length && length + lines[end]!.length + 1 <= characters) length += lines[end++]!.length + 1;
    const body = lines.slice(from, end).join('\n').replace(/^\n+|\n+$/g, ''); // prettier-ignore
    if (/\w/.test(body)) {
      const declares = [...body.matchAll(declaration)].map(([, name]) => name!);
      pieces.push({ path, text: body, declares, terms: termsOf(body) });
    }
    const half = from + Math.max(1, Math.ceil((end - from) / 2));
    const starts = lines
      .slice(from + 1, half)
      .findIndex((line) => /^(?:export|function|class|const|interface|type)\b/.test(line));
    from = starts >= 0 ? from + 1 + starts : half;
  }
  return pieces;
}

/** True where two pieces of one file share a line that says something. */
function overlap(a: Piece, b: Piece): boolean {
  if (a.path !== b.path) return false;
  const lines = new Set(a.text.split('\n').map((line) => line.trim()));
  return b.text.split('\n').some((line) => line.trim().length > 8 && lines.has(line.trim()));
}
