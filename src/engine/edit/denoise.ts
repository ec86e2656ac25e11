/**
 * Re-denoising: the tokens of a region that the model doubts are masked and written anew, all together. What comes of it is kept only where it still
 * parses, leaves no name without its declaration, and is clearly more likely than what was there.
 */
import type ts from 'typescript';
import type { CodeModel, RewriteRequest, RewriteStep, TokenSurprise } from '../../diffusion/code-model';
import type { Hunk, Region } from '../../edits/plan/plan';
import { namesOf } from '../../edits/names';
import { parseSource, parses, walk, type SourceUnit } from '../../edits/source';
import { applyEdits, wordsOf, type Edit } from '../../edits/text';

/** A token is doubted below this probability. */
const doubtBelow = Math.log(0.2);
/** Most of a region's tokens that are masked: with more the model would write something else altogether. */
const mostMasked = 0.2;
/** Written tokens below this probability are masked once more. */
const doubt = 0.35;
/** Nats by which a new text must be more likely than the old one, both sides seen: about twelve times. */
const leastGain = 2.5;
/** Least mean probability of the tokens of a new text. */
const leastBelief = Math.log(0.5);
/** Denoising steps, however much is masked: places that lie apart are written at the same time. */
const mostSteps = 12;
const strides = 4;

export interface Denoised {
  readonly hunks: readonly Hunk[];
  readonly forwards: number;
  /** How many places were masked; 0: the model doubts nothing here. */
  readonly places: number;
}

interface Watch {
  readonly signal: AbortSignal;
  readonly onStep: (step: RewriteStep) => void;
}

/** A place to be written anew, and what may not stand there. */
type Place = RewriteRequest['places'][number];

/** Re-denoises what the model doubts of a region. Throws the signal's reason when aborted, between steps. */
export async function denoiseRegion(model: CodeModel, unit: SourceUnit, region: Region, watch: Watch): Promise<Denoised> {
  const control = { signal: watch.signal, priority: 'interactive' } as const;
  const surprises = await model.surprise({ text: unit.text, start: region.start, end: region.end, strides }, control);
  return denoisePlaces(model, unit, doubtedPlaces(unit, region, surprises), watch);
}

/** Re-denoises given places, all together. */
export async function denoisePlaces(
  model: CodeModel,
  unit: SourceUnit,
  places: readonly Place[],
  watch: Watch,
): Promise<Denoised> {
  const control = { signal: watch.signal, priority: 'interactive' } as const;
  const { text } = unit;
  if (places.length === 0) return { hunks: [], forwards: 0, places: 0 };
  const rule = { kind: 'quota', steps: Math.min(mostSteps, places.length) } as const;
  const { places: written, forwards } = await model.rewrite({ text, places, rule, doubt, onStep: watch.onStep }, control);
  const known = new Set(wordsOf(text));
  const candidates: Scored[] = [];
  for (const { start, end, text: fresh, meanLogp } of written) {
    const old = text.slice(start, end);
    if (fresh === old || meanLogp < leastBelief || !keepsShape(old, fresh)) continue;
    if (wordsOf(fresh).some((name) => !known.has(name))) continue;
    const [before, after] = await model.score({ prefix: text.slice(0, start), suffix: text.slice(end), candidates: [old, fresh] }, control); // prettier-ignore
    const gain = after!.logp - before!.logp;
    if (gain >= leastGain) candidates.push({ start, end, text: fresh, gain });
  }
  const kept = largestThatHolds(unit, candidates);
  return {
    hunks: kept.map(({ start, end, text: fresh }) => ({
      kinds: [],
      title: `Model: ${short(text.slice(start, end))} → ${short(fresh)}`,
      changes: [{ start, end, text: fresh }],
    })),
    forwards,
    places: places.length,
  };
}

interface Scored extends Edit {
  readonly gain: number;
}

/** The most doubted tokens, least likely first taken, as places in the order of the text; none in comments, texts and patterns, where surprise is the rule. */
function doubtedPlaces(unit: SourceUnit, region: Region, surprises: readonly TokenSurprise[]): { start: number; end: number }[] {
  const apart = literalRanges(unit);
  const inside = surprises.filter((t) => t.start >= region.start && t.end <= region.end);
  return inside
    .filter((t) => t.logp < doubtBelow && unit.text.slice(t.start, t.end).trim() !== '')
    .filter((t) => !apart.some((r) => t.start < r.end && t.end > r.start))
    .sort((a, b) => a.logp - b.logp)
    .slice(0, Math.max(1, Math.floor(inside.length * mostMasked)))
    .map(({ start, end }) => ({ start, end }))
    .sort((a, b) => a.start - b.start);
}

function literalRanges(unit: SourceUnit): Region[] {
  const { ts: api } = unit;
  const ranges: Region[] = [];
  walk(unit, unit.file, (node: ts.Node) => {
    if (api.isStringLiteralLike(node) || api.isTemplateExpression(node) || api.isRegularExpressionLiteral(node) || api.isJsxText(node))
      ranges.push({ start: node.getStart(unit.file), end: node.end });
    return undefined;
  }); // prettier-ignore
  const scanner = api.createScanner(api.ScriptTarget.Latest, false, api.LanguageVariant.JSX, unit.text);
  for (let kind = scanner.scan(); kind !== api.SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
    if (kind === api.SyntaxKind.SingleLineCommentTrivia || kind === api.SyntaxKind.MultiLineCommentTrivia)
      ranges.push({ start: scanner.getTokenStart(), end: scanner.getTokenEnd() });
  }
  return ranges;
}

/** All candidates if the result parses and lacks no declaration that was there, else without the least likely ones until it is so. */
function largestThatHolds(unit: SourceUnit, candidates: readonly Scored[]): Scored[] {
  const sound = parses(unit.ts, unit.fileName, unit.text);
  const { free } = namesOf(unit);
  const ok = (some: readonly Scored[]): boolean => {
    const text = applyEdits(unit.text, some);
    if (!parses(unit.ts, unit.fileName, text)) return false;
    return !sound || [...namesOf(parseSource(unit.ts, unit.fileName, text)).free].every((name) => free.has(name));
  };
  // In a file that parses each must do so by itself, so that any choice among them does no harm.
  let kept = sound ? candidates.filter((c) => ok([c])) : [...candidates];
  while (kept.length > 0 && !ok(kept)) {
    const worst = kept.reduce((a, b) => (b.gain < a.gain ? b : a));
    kept = kept.filter((c) => c !== worst);
  }
  return [...kept].sort((a, b) => a.start - b.start);
}

/** A name, a number or an operator may become another one; keywords, statements and brackets stay what they are. */
function keepsShape(old: string, fresh: string): boolean {
  const shape = (text: string): string => (text.match(/[;{}()[\]\n]|\b(?:var|let|const|function|class|return|throw|if|else|for|while|do|switch|case|default|break|continue|new|delete|typeof|await|yield|async|import|export|try|catch|finally|in|of)\b/g) ?? []).join(' '); // prettier-ignore
  return shape(old) === shape(fresh) && !fresh.includes('\uFFFD');
}

function short(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return `\`${line.length > 40 ? `${line.slice(0, 39)}…` : line}\``;
}
