/** Windows of code with mistakes in them, and what should be corrected: neighbouring functions, each broken not at all or in a few places. */
import { applyEdits, type Edit } from '../../../edits/text';
import { loadTypescript, parseSource } from '../../../edits/source';
import { correctionsOf, type Correction } from '../../../diffusion/proofread';
import type { StructureTokens } from '../../../diffusion/variable-length';
import type { TokenSpan } from '../../../model/tokenizer';
import type { ProofreadExample } from '../../objectives/proofread';
import type { Random } from '../../random';
import { findMistakes, mistakeKinds } from '../../tasks/repair/mistakes';

export interface ProofreadTools {
  readonly encode: (text: string) => number[];
  readonly spans: (text: string) => TokenSpan[];
  readonly structure: StructureTokens;
}

/** Probability of no mistake in a function, of one, of two ...: several teach more at the price of one pass. */
const mistakesInFunction: readonly number[] = [0.25, 0.4, 0.25, 0.1];
/** Places where a mistake is looked for before a function is taken as it is. */
const attempts = 4;

/** A window of at most `length` tokens that begins with a random function; later functions of the corpus follow it, which mostly are its neighbours. */
export function drawProofreadExample(
  functions: readonly { readonly path: string; readonly text: string }[],
  length: number,
  tools: ProofreadTools,
  random: Random,
): ProofreadExample {
  const tokens: number[] = [];
  const corrections: Correction[] = [];
  const first = random.below(functions.length);
  for (let i = 0; tokens.length < length && i < functions.length; i++) {
    const { path, text } = functions[(first + i) % functions.length]!;
    const one = brokenFunction(path, `${text}\n\n`, tools, random);
    // A long first function is seen from anywhere on.
    const from = i === 0 && one.tokens.length > length ? random.below(one.tokens.length - length + 1) : 0;
    const taken = one.tokens.slice(from, from + length - tokens.length);
    const shift = tokens.length - from;
    corrections.push(
      ...one.corrections
        .filter((c) => c.at >= from && c.at < from + taken.length)
        .map((c) => ({ at: c.at + shift, label: c.label })),
    );
    tokens.push(...taken);
  }
  return { tokens, corrections };
}

/** The text with some mistakes made in it. */
export function brokenFunction(path: string, text: string, tools: ProofreadTools, random: Random): ProofreadExample {
  let u = random.uniform();
  let wanted = mistakesInFunction.findIndex((share) => (u -= share) < 0);
  if (wanted <= 0) return { tokens: tools.encode(text), corrections: [] };
  const unit = parseSource(loadTypescript(), path.replace(/#\d+$/, ''), text);
  const all = findMistakes(unit);
  const byKind = mistakeKinds.map((kind) => all.filter((m) => m.kind === kind)).filter((some) => some.length > 0);
  const chosen: Edit[] = [];
  for (let attempt = 0; wanted > 0 && byKind.length > 0 && attempt < attempts * wanted; attempt++) {
    const kind = byKind[random.below(byKind.length)]!;
    const { edit } = kind[random.below(kind.length)]!;
    if (chosen.some((c) => edit.start <= c.end && c.start <= edit.end)) continue;
    chosen.push(edit);
    wanted--;
  }
  const wrong = tools.encode(applyEdits(text, chosen));
  return { tokens: wrong, corrections: correctionsOf(wrong, tools.encode(text), tools.structure) };
}
