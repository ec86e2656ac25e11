/** Glob patterns as VS Code's settings write them: `*`, `?`, `**`, `{a,b}`, `[a-z]`. Pure. */

/** True for paths (parts separated by `/`, relative to the workspace) that one of the patterns matches. A pattern without `/` means a name in any folder. */
export function globMatcher(patterns: readonly string[]): (path: string) => boolean {
  const expressions = patterns.filter((pattern) => pattern.trim() !== '').map(expressionOf);
  return (path) => expressions.some((expression) => expression.test(path));
}

function expressionOf(pattern: string): RegExp {
  const trimmed = pattern.trim().replace(/\/$/, '');
  const whole = trimmed.includes('/') ? trimmed.replace(/^\.?\//, '') : `**/${trimmed}`;
  try {
    // What lies in a folder that is matched is matched as well.
    return new RegExp(`^${translate(whole)}(?:/.*)?$`, 'su');
  } catch {
    return /$^/; // no pattern, so it matches nothing
  }
}

function translate(glob: string): string {
  let out = '';
  for (let i = 0; i < glob.length; i++) {
    const char = glob[i]!;
    if (glob.startsWith('**/', i) && (i === 0 || glob[i - 1] === '/')) {
      out += '(?:[^/]+/)*';
      i += 2;
    } else if (glob.startsWith('**', i)) {
      out += '.*';
      i++;
    } else if (char === '*') out += '[^/]*';
    else if (char === '?') out += '[^/]';
    else if (char === '{') {
      const end = closing(glob, i);
      if (end < 0) out += '\\{';
      else {
        out += `(?:${alternatives(glob.slice(i + 1, end))
          .map(translate)
          .join('|')})`;
        i = end;
      }
    } else if (char === '[') {
      const end = glob.indexOf(']', i + 2);
      if (end < 0) out += '\\[';
      else {
        const negated = /^[!^]/.test(glob.slice(i + 1));
        const set = glob.slice(i + (negated ? 2 : 1), end).replaceAll(/[\\[\]^]/g, '\\$&');
        out += `[${negated ? '^' : ''}${set}${negated ? '/' : ''}]`;
        i = end;
      }
    } else out += /[\\^$.|+()[\]{}*?/]/.test(char) ? `\\${char}` : char;
  }
  return out;
}

/** Where the brace at `from` is closed; -1 where it is not. */
function closing(glob: string, from: number): number {
  let depth = 0;
  for (let i = from; i < glob.length; i++) {
    if (glob[i] === '{') depth++;
    if (glob[i] === '}' && --depth === 0) return i;
  }
  return -1;
}

/** The parts between commas that are in no inner brace. */
function alternatives(inner: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const char of inner) {
    if (char === '{') depth++;
    if (char === '}') depth--;
    if (char === ',' && depth === 0) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${char}`);
  }
  return parts;
}
