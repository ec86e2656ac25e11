/** A light scanner for brackets, quotes and comments: enough to see whether a completion leaves them balanced. */

/** How a language writes comments and strings. */
export interface Syntax {
  readonly lineComment: '//' | '#' | undefined;
  readonly blockComment: boolean;
  readonly quotes: string;
  readonly regex: boolean;
}

const script: Syntax = { lineComment: '//', blockComment: true, quotes: '\'"`', regex: true };
const braces: Syntax = { lineComment: '//', blockComment: true, quotes: '\'"', regex: false };
const hash: Syntax = { lineComment: '#', blockComment: false, quotes: '\'"', regex: false };
const prose: Syntax = { lineComment: undefined, blockComment: false, quotes: '', regex: false };

const syntaxes: Readonly<Record<string, Syntax>> = {
  javascript: script,
  javascriptreact: script,
  typescript: script,
  typescriptreact: script,
  go: { ...braces, quotes: '\'"`' },
  rust: { ...braces, quotes: '"' }, // a lone ' is a lifetime
  css: { ...braces, lineComment: undefined },
  python: hash,
  ruby: hash,
  shellscript: hash,
  yaml: hash,
  toml: hash,
  markdown: prose,
  plaintext: prose,
};

/** The syntax of a VS Code language id; unknown ones are taken as C-like. */
export function syntaxOf(languageId: string): Syntax {
  return syntaxes[languageId] ?? braces;
}

/** Something open: a bracket, a quote, `$` for `${`, `/` line comment, `*` block comment, `r` regular expression. */
export interface Open {
  readonly symbol: string;
  /** Offset from the start of all text scanned so far. */
  readonly at: number;
}

export interface LexState {
  readonly stack: readonly Open[];
  /** Closers that closed nothing, brackets passed over by another's closer, and strings ended by a line break. */
  readonly errors: number;
  /** Characters scanned so far. */
  readonly length: number;
  /** The last character that was neither space nor comment, to tell a division from a regular expression. */
  readonly last: string;
}

export const initialLex: LexState = { stack: [], errors: 0, length: 0, last: '' };

const opener: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
const beforeRegex = /^[(,=:[!&|?{};+\-*%~^<>]?$/;

/** Brackets and quotes that are still open (comments need no closing to be balanced). */
export function openCount(state: LexState): number {
  return state.stack.filter(({ symbol }) => symbol !== '/' && symbol !== 'r').length;
}

/** Scans on from a state; the state itself is not changed. */
export function lex(state: LexState, text: string, syntax: Syntax): LexState {
  const stack = [...state.stack];
  let { errors, last } = state;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    const inside = stack.at(-1)?.symbol ?? '';
    const push = (symbol: string): void => {
      stack.push({ symbol, at: state.length + i });
    };
    switch (inside) {
      case '"':
      case "'":
        if (char === '\\') i++;
        else if (char === inside) stack.pop();
        else if (char === '\n') {
          stack.pop();
          errors++;
        }
        continue;
      case '`':
        if (char === '\\') i++;
        else if (char === '`') stack.pop();
        else if (char === '$' && text[i + 1] === '{') {
          push('$');
          i++;
        }
        continue;
      case '/':
        if (char === '\n') stack.pop();
        continue;
      case '*':
        if (char === '*' && text[i + 1] === '/') {
          stack.pop();
          i++;
        }
        continue;
      case 'r':
        if (char === '\\') i++;
        else if (char === '/' || char === '\n') stack.pop(); // a line break: it was a division after all
        continue;
      default:
    }
    if (/\s/.test(char)) continue;
    if (syntax.lineComment !== undefined && text.startsWith(syntax.lineComment, i)) {
      push('/');
      continue;
    }
    if (syntax.blockComment && char === '/' && text[i + 1] === '*') {
      push('*');
      i++;
      continue;
    }
    if (syntax.regex && char === '/' && beforeRegex.test(last)) push('r');
    else if (syntax.quotes.includes(char)) push(char);
    else if (char === '(' || char === '[' || char === '{') push(char);
    else if (char in opener) errors += close(stack, opener[char]!);
    last = char;
  }
  return { stack, errors, length: state.length + text.length, last };
}

/** Closes the nearest such opener; what stood open above it was never closed. Returns the number of errors. */
function close(stack: Open[], wanted: string): number {
  for (let i = stack.length - 1; i >= 0; i--) {
    const { symbol } = stack[i]!;
    if (symbol === '`') break; // out of a `${}` nothing closes what lies outside the template
    if (symbol === wanted || (symbol === '$' && wanted === '{')) {
      const passed = stack.length - 1 - i;
      stack.length = i;
      return passed;
    }
  }
  return 1;
}
