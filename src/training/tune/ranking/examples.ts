/** Broken functions, each with the changes by mutation that a search for its repair would try, and which of them mends it. */
import { correctionsOfChange, type Correction } from '../../../diffusion/proofread';
import { loadTypescript } from '../../../edits/source';
import { stretch } from '../../../repair/model/score';
import { applyEdits, tokensOf } from '../../../repair/source/edits';
import { parseSource } from '../../../repair/source/parse';
import { readVocabulary } from '../../../repair/source/vocabulary';
import { proposeMutations } from '../../../repair/propose/mutations';
import { priorOf } from '../../../repair/propose/priors';
import type { Proposal } from '../../../repair/types';
import type { Random } from '../../random';
import { findMistakes, mistakeKinds } from '../../tasks/repair/mistakes';
import type { ProofreadTools } from '../proofread/examples';

export interface RankingExample {
  /** Of the broken function. */
  readonly tokens: readonly number[];
  readonly candidates: readonly {
    readonly corrections: readonly Correction[];
    /** What the search thinks of such changes without a model; log scale. */
    readonly prior: number;
  }[];
  /** Index of the one that mends it. */
  readonly right: number;
}

/** Changes that one is compared with, at most: every n-th of all. */
const compared = 320;
/** Functions looked at before giving up. */
const attempts = 60;

/** Throws where none of many functions can be broken so that a change by mutation mends it. */
export function drawRankingExample(
  functions: readonly { readonly path: string; readonly text: string }[],
  length: number,
  tools: ProofreadTools,
  random: Random,
): RankingExample {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const { path, text } = functions[random.below(functions.length)]!;
    const example = text.length < 8 * length ? rankingExample(path, text, length, tools, random) : null;
    if (example) return example;
  }
  throw new Error(`none of ${attempts} functions can be broken so that one change mends it`);
}

/** Null where the function is too long, or no change by mutation takes back the mistake that was drawn. */
export function rankingExample(
  path: string,
  text: string,
  length: number,
  tools: ProofreadTools,
  random: Random,
): RankingExample | null {
  const api = loadTypescript();
  const fileName = path.replace(/#\d+$/, '');
  const all = findMistakes(parseSource(api, fileName, text));
  const byKind = mistakeKinds.map((kind) => all.filter((m) => m.kind === kind)).filter((some) => some.length > 0);
  if (byKind.length === 0) return null;
  const kind = byKind[random.below(byKind.length)]!;
  const broken = applyEdits(text, [kind[random.below(kind.length)]!.edit]);
  return rankingOf({ fileName, broken, text }, length, tools, random);
}

/** The same for a function that is broken already. */
export function rankingOf(
  { fileName, broken, text }: { readonly fileName: string; readonly broken: string; readonly text: string },
  length: number,
  tools: ProofreadTools,
  random: Random,
): RankingExample | null {
  const api = loadTypescript();
  const spans = tools.spans(broken);
  if (spans.length > length) return null;
  const unit = parseSource(api, fileName, broken);
  const proposals = proposeMutations({ unit, vocabulary: readVocabulary(unit, []), boosts: new Map(), wanted: () => true });
  const [goal, bare] = [tokensOf(api, text).join(' '), text.replace(/\s+/g, '')];
  const isRight = ({ edits }: Proposal): boolean => {
    const after = applyEdits(broken, edits);
    // Comparing tokens is the costly part.
    return after.replace(/\s+/g, '') === bare && tokensOf(api, after).join(' ') === goal;
  };
  const mending = proposals.find(isRight);
  if (!mending) return null;
  const others = proposals.filter((p) => p !== mending);
  const stride = Math.ceil(others.length / compared);
  const first = random.below(Math.max(1, stride));
  const correctionsBy = (proposal: Proposal): Correction[] =>
    correctionsOfChange(broken, spans, stretch(unit, proposal), tools.encode, tools.structure);
  // It comes first, unless it changes no token.
  if (correctionsBy(mending).length === 0) return null;
  const seen = new Set<string>();
  const candidates = [mending, ...others.filter((_, i) => i % stride === first)].flatMap((proposal) => {
    const corrections = correctionsBy(proposal);
    const key = corrections.map(({ at, label }) => `${at}:${label}`).join();
    if (key === '' || seen.has(key)) return [];
    seen.add(key);
    return [{ corrections, prior: priorOf(proposal.operator) + proposal.delta }];
  });
  return candidates.length < 2 ? null : { tokens: spans.map((s) => s.id), candidates, right: 0 };
}
