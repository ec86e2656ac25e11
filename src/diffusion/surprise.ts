/** Per-token surprise by strided masking: in each of a few passes every n-th token of the region is hidden and predicted from all others. */
import type { StructureTokens } from './variable-length';
import { topCandidates } from '../model/step-graph';
import type { KeyValueCache, RunTurn, StepModel } from '../model/step-model';
import type { CodeTokenizer, TokenSpan } from '../model/tokenizer';
import type { SurpriseRequest, TokenSurprise } from './code-model';
import { cutEnd, cutStart, shareRoom } from './window';

/** Most of the sequence that one chunk of the region takes, so that both sides stay visible. */
const chunkShare = 0.5;
const contextCharacters = 2000;

export interface TextTools {
  readonly model: StepModel;
  readonly tokenizer: CodeTokenizer;
  /** [vocabulary]; forbids everything that is not text. */
  readonly textOnly: Float32Array;
  /** Of a model that finds the length of a gap by itself. */
  readonly structure?: StructureTokens;
}

/** Surprise of every token that touches [start, end) of the text, in order. */
export async function surprise(tools: TextTools, request: SurpriseRequest, turn: RunTurn): Promise<TokenSurprise[]> {
  const { spans, offset, first, last } = regionTokens(tools.tokenizer, request);
  const chunk = Math.floor(tools.model.config.maxSequence * chunkShare);
  const out: TokenSurprise[] = [];
  for (let at = first; at < last; at += chunk) {
    for (const t of await chunkSurprise(tools, spans, at, Math.min(at + chunk, last), request, turn)) {
      out.push({ ...t, start: t.start + offset, end: t.end + offset });
    }
  }
  return out;
}

/** The tokens of a range and of what lies around it, as far as a model may look; [first, last) are those that touch the range, none where it is empty. */
export function regionTokens(
  tokenizer: CodeTokenizer,
  { text, start, end }: Pick<SurpriseRequest, 'text' | 'start' | 'end'>,
): { near: string; spans: TokenSpan[]; offset: number; first: number; last: number } {
  const before = cutStart(text.slice(0, start), contextCharacters);
  const offset = start - before.length;
  const near = before + text.slice(start, end) + cutEnd(text.slice(end), contextCharacters);
  const spans = tokenizer.spans(near);
  const first = spans.findIndex((s) => s.end + offset > start);
  if (first < 0 || start >= end) return { near, spans, offset, first: 0, last: 0 };
  const past = spans.findIndex((s) => s.start + offset >= end);
  return { near, spans, offset, first, last: past < 0 ? spans.length : past };
}

async function chunkSurprise(
  tools: TextTools,
  spans: readonly TokenSpan[],
  first: number,
  last: number,
  request: SurpriseRequest,
  turn: RunTurn,
): Promise<TokenSurprise[]> {
  const { model } = tools;
  const room = shareRoom(first, spans.length - last, model.config.maxSequence - (last - first));
  const from = first - room.before;
  const ids = spans.slice(from, last + room.after).map((s) => s.id);
  const strides = Math.min(request.strides ?? 6, last - first);
  const out: TokenSurprise[] = [];
  let cache: KeyValueCache | undefined;
  for (let r = 0; r < strides; r++) {
    const masked: number[] = [];
    for (let p = first - from + r; p < last - from; p += strides) masked.push(p);
    const canvas = ids.map((id, p) => (masked.includes(p) ? model.config.maskToken : id));
    // The first pass computes every row; later ones only the chunk, seeing the rest through the cache.
    const rows = cache ? range(first - from, last - from) : range(0, ids.length);
    const result = await model.step(
      {
        batch: 1,
        ids: rows.map((p) => canvas[p]!),
        rows,
        cache,
        queries: masked.map((p) => p - rows[0]!),
        targets: { ids: masked.map((p) => ids[p]!), perQuery: 1 },
        tokenBias: tools.textOnly,
        want: { cache: !cache },
      },
      turn,
    );
    cache ??= result.cache;
    masked.forEach((p, row) => {
      const span = spans[from + p]!;
      out.push({
        start: span.start,
        end: span.end,
        logp: result.targetLogp![row]!,
        alternatives: alternatives(tools, result, row, request.topK ?? 8),
      });
    });
  }
  return out.sort((a, b) => a.start - b.start || a.end - b.end);
}

function alternatives(
  tools: TextTools,
  result: { topP: Float32Array; topId: Int32Array },
  row: number,
  topK: number,
): TokenSurprise['alternatives'] {
  return Array.from({ length: Math.min(topK, topCandidates) }, (_, k) => row * topCandidates + k)
    .filter((at) => tools.tokenizer.isText(result.topId[at]!))
    .map((at) => ({ text: tools.tokenizer.textOf(result.topId[at]!), logp: Math.log(result.topP[at]!) }));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
