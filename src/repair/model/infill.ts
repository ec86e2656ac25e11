/** The model's own proposals: expressions, conditions, statements and gaps of the suspicious code masked and filled again. */
import type { CodeModel, RunControl } from '../../diffusion/code-model';
import type { Suspicion } from '../localise/suspicion';
import type { SourceUnit } from '../source/parse';
import { lineOf, startOf, walk } from '../source/parse';
import type { Candidate, Proposal } from '../types';

export interface Span {
  readonly start: number;
  readonly end: number;
  readonly kind: 'expression' | 'statement' | 'gap';
  readonly weight: number;
}

export interface InfillTurn {
  /** Which turn this is: each takes the next spans, later rounds are hotter. */
  readonly round: number;
  /** Candidates that mended something: the neighbourhood of their change is filled again on top of it. */
  readonly hopeful: readonly Candidate[];
  readonly seed: number;
}

export interface InfillFindings {
  readonly proposals: readonly Proposal[];
  /** For people. */
  readonly where: string;
  readonly exhausted: boolean;
}

/** Of a fill's mean log-probability in its priority: a model that is sure of its fill goes first, one that guesses waits behind the mutations. */
const doubtWeight = 1.5;
/** Fills of a span that are tried in one turn, best first: the tail of the samples is mostly noise, and each costs a run. */
const keptPerSpan = 3;
const spansPerTurn = 2;
const rounds = 3;

/** Spans worth filling, the likeliest first: small expressions of suspicious statements, whole statements, gaps between them. */
export function infillSpans(unit: SourceUnit, suspicion: Suspicion): Span[] {
  const { ts: api } = unit;
  const out: Span[] = [];
  walk(unit, unit.file, (node) => {
    if (api.isTypeNode(node) || api.isImportDeclaration(node)) return false;
    const start = startOf(unit, node);
    const weight = suspicion.at(start, node.end);
    if (weight <= 0) return undefined;
    const length = node.end - start;
    if (api.isExpression(node) && length >= 3 && length <= 80 && !api.isIdentifier(node) && !api.isLiteralExpression(node)) {
      const condition =
        api.isIfStatement(node.parent) || api.isWhileStatement(node.parent) || api.isConditionalExpression(node.parent);
      out.push({
        start,
        end: node.end,
        kind: 'expression',
        weight: weight * (condition || api.isReturnStatement(node.parent) ? 1.3 : 1),
      });
    }
    if (api.isStatement(node) && !api.isBlock(node) && !api.isFunctionDeclaration(node)) {
      if (length <= 100 && !api.isVariableStatement(node))
        out.push({ start, end: node.end, kind: 'statement', weight: weight * 0.8 });
      if (api.isBlock(node.parent)) out.push({ start, end: start, kind: 'gap', weight: weight * 0.6 });
    }
    return undefined;
  });
  return out.sort((a, b) => b.weight - a.weight || a.start - b.start);
}

const cache = new WeakMap<SourceUnit, Span[]>();

/** One turn of infilling. */
export async function proposeInfills(
  model: CodeModel,
  unit: SourceUnit,
  suspicion: Suspicion,
  turn: InfillTurn,
  control: RunControl,
): Promise<InfillFindings> {
  let spans = cache.get(unit);
  if (!spans) {
    spans = infillSpans(unit, suspicion);
    cache.set(unit, spans);
  }
  const total = spans.length * rounds;
  const first = turn.round * spansPerTurn;
  const proposals: Proposal[] = [];
  const lines = new Set<number>();
  for (let i = first; i < Math.min(first + spansPerTurn, total); i += 1) {
    const span = spans[i % spans.length]!;
    const heat = Math.floor(i / spans.length);
    const prefix = unit.text.slice(0, span.start);
    const suffix = unit.text.slice(span.end);
    const results = await model.infill(
      {
        prefix,
        suffix,
        samples: 8,
        temperature: 0.4 + 0.3 * heat,
        maxTokens: span.kind === 'expression' ? 16 : 24,
        maxLines: span.kind === 'expression' ? 0 : 3,
        seed: turn.seed + i,
      },
      control,
    );
    lines.add(lineOf(unit, span.start));
    for (const result of results.slice(0, keptPerSpan)) {
      if (result.text.trim() === '' && span.kind !== 'statement') continue;
      const operator = span.kind === 'gap' ? 'model.gap' : span.kind === 'statement' ? 'model.line' : 'model.infill';
      proposals.push({
        edits: [{ start: span.start, end: span.end, text: gapText(span, result.text, unit) }],
        operator,
        delta: Math.max(-5, doubtWeight * result.meanLogp),
        source: 'model',
        start: span.start,
        end: Math.max(span.end, span.start + 1),
      });
    }
  }
  return { proposals, where: `line ${[...lines].join(' and ')}`, exhausted: first + spansPerTurn >= total };
}

/** A gap's statement gets a line of its own. */
function gapText(span: Span, text: string, unit: SourceUnit): string {
  if (span.kind !== 'gap') return text;
  const lineStart = unit.text.lastIndexOf('\n', span.start - 1) + 1;
  const indent = /^[ \t]*/.exec(unit.text.slice(lineStart, span.start))![0];
  return `${text.trim()}\n${indent}`;
}
