/**
 * Revision: a text and what is asked of it, read as they stand, as proofreading reads mistakes (proofread.ts): of each token the model says that it stays, what is to stand
 * in its place, that it goes, or that something is missing before it. What is missing is a gap, whose length it finds by itself (variable-length.ts). So an edit costs
 * what it changes, not what it keeps. What teaches it: training/tune/revisions.
 */

/** What stands before and after the text: the wish as a comment, and tags as d1's (arXiv 2504.12216). */
export function revisionFrame(instruction: string): { readonly before: string; readonly after: string } {
  return { before: `// ${instruction.replace(/\s+/g, ' ').trim()}\n<answer>`, after: '</answer>' };
}
