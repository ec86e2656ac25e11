/**
 * Pseudo-log-likelihood of candidate texts in place: the differing tokens masked all at once, one full forward, then a short one for each number of them; each
 * token's probability is laid under what stands elsewhere beside the same neighbours.
 */
import type { RunTurn } from '../model/step-model';
import type { CandidateScore, ScoreRequest } from './code-model';
import { comparingWeights, copySource, type CopySource } from './copying';
import { openContext, type GapContext } from './context-cache';
import type { TextTools } from './surprise';
import { cutEnd, cutStart, headTokens, shareRoom, tailTokens } from './window';

/** Characters on either side that are tokenised together with each candidate, since merges cross its edges. */
const seam = 48;
/** Tokens of context that scoring looks at; ranking gains little from more, and time is linear in it. */
const contextTokens = 160;

/** A candidate's tokens where they differ from the others', and the tokens on both sides that all share. */
interface Windowed {
  readonly windows: readonly (readonly number[])[];
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** Scores in the order of the candidates. */
export async function score(tools: TextTools, request: ScoreRequest, turn: RunTurn): Promise<CandidateScore[]> {
  if (request.candidates.length === 0) return [];
  const { windows, before, after } = windowed(tools, request);
  const scores: CandidateScore[] = [];
  const copies = copySource(tools.tokenizer, request, comparingWeights);
  const context = await openContext(
    tools.model,
    before,
    after,
    Math.min(windows[0]!.length, tools.model.config.maxSequence),
    turn,
  );
  for (const length of new Set(windows.map((w) => w.length))) {
    const members = windows.flatMap((w, i) => (w.length === length ? [i] : []));
    const fits = length <= tools.model.config.maxSequence;
    const logp = fits ? await scoreLength(tools, context, members.map((i) => windows[i]!), turn, copies) : members.map(() => -Infinity); // prettier-ignore
    members.forEach((i, k) => (scores[i] = { logp: logp[k]!, tokens: length }));
  }
  return scores;
}

function windowed(tools: TextTools, request: ScoreRequest): Windowed {
  const { tokenizer, model } = tools;
  const near = { prefix: cutStart(request.prefix, seam), suffix: cutEnd(request.suffix, seam) };
  const texts = request.candidates.map((c) => tokenizer.spans(near.prefix + c + near.suffix));
  const ids = texts.map((t) => t.map((s) => s.id));
  // Shared tokens count only as far as they lie wholly outside the candidate, and one token is always left to score.
  const shortest = Math.min(...ids.map((t) => t.length));
  const outsideBefore = Math.min(...texts.map((t) => t.filter((s) => s.end <= near.prefix.length).length));
  const outsideAfter = Math.min(
    ...texts.map((t, i) => t.filter((s) => s.start >= near.prefix.length + request.candidates[i]!.length).length),
  );
  const lead = Math.min(
    shared(ids, (t, k) => t[k]),
    outsideBefore,
    shortest - 1,
  );
  const trail = Math.min(
    shared(ids, (t, k) => t[t.length - 1 - k]),
    outsideAfter,
    shortest - 1 - lead,
  );
  const windows = ids.map((t) => t.slice(lead, t.length - trail));
  const longest = Math.max(...windows.map((w) => w.length));
  const room = Math.max(0, Math.min(contextTokens, model.config.maxSequence - longest));
  const before = [
    ...tailTokens(tokenizer, request.prefix.slice(0, request.prefix.length - near.prefix.length), room),
    ...ids[0]!.slice(0, lead),
  ];
  const after = [
    ...ids[0]!.slice(ids[0]!.length - trail),
    ...headTokens(tokenizer, request.suffix.slice(near.suffix.length), room),
  ];
  const share = shareRoom(before.length, after.length, room);
  return { windows, before: before.slice(before.length - share.before), after: after.slice(0, share.after) };
}

/** Number of leading entries (by `at`) on which all lists agree. */
function shared(lists: readonly number[][], at: (list: number[], k: number) => number | undefined): number {
  let k = 0;
  while (at(lists[0]!, k) !== undefined && lists.every((l) => at(l, k) === at(lists[0]!, k))) k++;
  return k;
}

/** Sum of log p over the window's tokens for each member, all of one length, from one forward over the window. */
async function scoreLength(
  tools: TextTools,
  context: GapContext,
  members: readonly (readonly number[])[],
  turn: RunTurn,
  copies: CopySource,
): Promise<number[]> {
  const length = members[0]!.length;
  const targets = new Int32Array(length * members.length);
  members.forEach((tokens, m) => {
    tokens.forEach((t, k) => (targets[k * members.length + m] = t));
  });
  const result = await tools.model.step(
    {
      batch: 1,
      ids: Array<number>(length).fill(tools.model.config.maskToken),
      rows: Array.from({ length }, (_, k) => context.before.length + k),
      cache: context.lendForLength(length),
      queries: Array.from({ length }, (_, k) => k),
      targets: { ids: targets, perQuery: members.length },
      tokenBias: tools.textOnly,
    },
    turn,
  );
  return members.map((tokens, m) => {
    const canvas = [...context.before, ...tokens, ...context.after];
    let sum = 0;
    for (let k = 0; k < length; k++) {
      const p = Math.exp(result.targetLogp![k * members.length + m]!);
      sum += Math.log(copies.probability(tokens[k]!, p, (distance) => canvas[context.before.length + k + distance]));
    }
    return sum;
  });
}
