/** Whether to complete at all at a place, and how much. */
export type Plan = { readonly complete: false; readonly why: string } | { readonly complete: true; readonly maxLines: number };

/**
 * One line where the cursor's line already says something that goes on; several where a block or an empty line begins.
 * Nothing inside a word, and nothing in an empty document.
 */
export function planCompletion(prefix: string, suffix: string, maxLines: number): Plan {
  if (prefix.trim() === '' && suffix.trim() === '') return { complete: false, why: 'the document is empty' };
  if (/[\p{L}\p{M}\p{N}_$]$/u.test(prefix.slice(-2)) && /^[\p{L}\p{M}\p{N}_$]/u.test(suffix))
    return { complete: false, why: 'the cursor is inside a word' };
  const lineBefore = prefix.slice(prefix.lastIndexOf('\n') + 1);
  const lineAfter = /^[^\n]*/.exec(suffix)![0].trim();
  // Closers that an editor put there while typing do not end a thought; anything else does.
  if (/[^)\]}'"`;,]/.test(lineAfter)) return { complete: true, maxLines: 1 };
  const opensBlock = /(?:[{([:]|=>)\s*$/.test(lineBefore);
  const emptyLine = lineBefore.trim() === '';
  if (lineAfter === '' && (opensBlock || emptyLine)) return { complete: true, maxLines };
  return { complete: true, maxLines: 1 };
}
