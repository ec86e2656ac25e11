/** Probability of a lexeme by its characters alone: what an n-gram model of lexemes knows about one that it has never seen. */

const longest = 4;
/** Weight of what shorter contexts say, in characters seen. */
const strength = 3;
/** Code points that there are. */
const alphabet = 0x110000;
const end = -1;

/** Characters of a lexeme one after the other and an end sign, each after up to 4 before it, with Dirichlet smoothing (MacKay and Peto 1995). */
export class Spelling {
  private readonly counts = new Map<string, Map<number, number>>();
  private readonly totals = new Map<string, number>();

  constructor(lexemes: Iterable<string>) {
    for (const lexeme of lexemes) {
      each(lexeme, (context, character) => {
        for (let at = 0; at <= context.length; at++) {
          const key = context.slice(at);
          const next = this.counts.get(key) ?? new Map<number, number>();
          this.counts.set(key, next);
          next.set(character, (next.get(character) ?? 0) + 1);
          this.totals.set(key, (this.totals.get(key) ?? 0) + 1);
        }
      });
    }
  }

  /** Natural logarithm; finite for every text. */
  logp(lexeme: string): number {
    let sum = 0;
    each(lexeme, (context, character) => {
      let p = 1 / (alphabet + 1);
      for (let at = context.length; at >= 0; at--) {
        const key = context.slice(at);
        const seen = this.counts.get(key)?.get(character) ?? 0;
        p = (seen + strength * p) / ((this.totals.get(key) ?? 0) + strength);
      }
      sum += Math.log(p);
    });
    return sum;
  }
}

/** Calls back with each code point, and the end, after up to `longest` UTF-16 units of its lexeme, which begins with a sign of its own. */
function each(lexeme: string, visit: (context: string, character: number) => void): void {
  let before = '\u0002';
  for (const character of lexeme) {
    visit(before.slice(-longest), character.codePointAt(0)!);
    before += character;
  }
  visit(before.slice(-longest), end);
}
