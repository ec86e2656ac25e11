/** One number for every place in the file: how likely the fault is there, from all the evidence at hand. */
import type ts from 'typescript';
import type { TokenSurprise } from '../../diffusion/code-model';
import { wordsOf } from '../../edits/text';
import type { TestCase } from '../../workspace/types';
import type { SourceUnit } from '../source/parse';
import { lineOf, startOf, walk } from '../source/parse';
import type { Spectrum } from './spectrum';
import { ochiai, segmentAt } from './spectrum';

export interface SuspicionEvidence {
  readonly unit: SourceUnit;
  /** Relative to the project root, as in stack frames. */
  readonly file: string;
  readonly spectrum: Spectrum;
  readonly failing: readonly TestCase[];
  readonly guards: readonly string[];
  /** Characters the user pointed at. */
  readonly range?: { readonly start: number; readonly end: number } | undefined;
  /** Line of a diagnostic the user acted on. */
  readonly diagnosticLine?: number | undefined;
}

export interface Suspicion {
  /** 0..1 for the place that starts at a position; 0: not worth changing. */
  at(start: number, end: number): number;
  /** Why a place is suspected, for people. */
  why(start: number): string[];
  /** Adds the model's surprise by token. */
  doubt(surprise: readonly TokenSurprise[]): void;
}

const outsideRange = 0.02;

/** Builds the scale of suspicion. Nodes are asked by their character range; what begins inside a block counts for the block. */
export function createSuspicion(evidence: SuspicionEvidence): Suspicion {
  const { unit, spectrum, failing, range } = evidence;
  const failingIds = new Set(failing.map((t) => t.id));
  const passingIds = new Set(evidence.guards);
  const scores = new Map<number, number>();
  const frames = frameLines(evidence);
  const mentioned = mentionedFunctions(evidence);
  const constants = constantScores(evidence, (position) => spectral(position));
  let surprise: readonly TokenSurprise[] = [];

  function spectral(position: number): number {
    if (spectrum.segments.length === 0) return 0.5;
    const segment = segmentAt(spectrum, position);
    if (!segment) return 0;
    let score = scores.get(segment.start);
    if (score === undefined) {
      if (spectrum.perTest) score = ochiai(segment.tests, failingIds, passingIds);
      else score = segment.tests.size > 0 ? 0.5 : 0;
      scores.set(segment.start, score);
    }
    return score;
  }

  function doubtOf(start: number, end: number): number {
    let worst = 0;
    for (const token of surprise) {
      if (token.start >= start && token.end <= end) worst = Math.max(worst, -token.logp);
    }
    return worst;
  }

  return {
    at(start, end) {
      let score = Math.max(spectral(start), constants.get(topLevelOf(unit, start)) ?? 0);
      if (score === 0) return 0;
      const line = lineOf(unit, start);
      score *= frames.get(line) ?? 1;
      if (!spectrum.perTest) score *= mentioned(start);
      if (evidence.diagnosticLine === line) score *= 2.5;
      if (range && (start >= range.end || end <= range.start || start < range.start - 1)) score *= outsideRange;
      if (surprise.length > 0) score *= 1 + Math.min(0.5, Math.max(0, doubtOf(start, end) - 3) * 0.07);
      return Math.min(1, score * 0.6);
    },
    why(start) {
      const out: string[] = [];
      const segment = segmentAt(spectrum, start);
      if (spectrum.perTest && segment) {
        const failed = [...segment.tests].filter((t) => failingIds.has(t)).length;
        const passed = [...segment.tests].filter((t) => passingIds.has(t)).length;
        if (failed > 0) {
          out.push(
            `run by ${failed} of ${failingIds.size} failing and ${passed} of ${passingIds.size} passing tests (Ochiai ${spectral(start).toFixed(2)})`,
          );
        } else {
          out.push('used by code that the failing tests run');
        }
      } else if (segment && segment.tests.size > 0) out.push('executed in the test run');
      if (frames.has(lineOf(unit, start))) out.push('named in the stack of a failure');
      if (evidence.diagnosticLine === lineOf(unit, start)) out.push('the diagnostic points here');
      return out;
    },
    doubt(tokens) {
      surprise = [...surprise, ...tokens];
    },
  };
}

/** Factors of the lines that failures name: the innermost frame most. */
function frameLines({ failing, file }: SuspicionEvidence): Map<number, number> {
  const out = new Map<number, number>();
  for (const test of failing) {
    const own = test.failure?.frames.filter((f) => f.file === file) ?? [];
    own.forEach((frame, depth) => {
      out.set(frame.line, Math.max(out.get(frame.line) ?? 1, depth === 0 ? 2.2 : 1.4));
    });
  }
  return out;
}

function topLevelOf(unit: SourceUnit, position: number): number {
  return unit.file.statements.findIndex((s) => s.pos <= position && position < s.end);
}

/** Constants and tables at module level run at load, not in a test: they inherit the suspicion of the code that uses them. */
function constantScores({ unit }: SuspicionEvidence, spectral: (position: number) => number): Map<number, number> {
  const { ts: api } = unit;
  const owners = new Map<string, number>();
  unit.file.statements.forEach((statement, i) => {
    if (!api.isVariableStatement(statement)) return;
    for (const declaration of statement.declarationList.declarations) {
      const { initializer } = declaration;
      if (initializer && (api.isArrowFunction(initializer) || api.isFunctionExpression(initializer))) continue;
      if (
        initializer &&
        api.isCallExpression(initializer) &&
        api.isIdentifier(initializer.expression) &&
        initializer.expression.text === 'require'
      )
        continue;
      if (api.isIdentifier(declaration.name)) owners.set(declaration.name.text, i);
    }
  });
  const out = new Map<number, number>();
  if (owners.size === 0) return out;
  for (let round = 0; round < 2; round += 1) {
    walk(unit, unit.file, (node: ts.Node) => {
      if (!api.isIdentifier(node)) return undefined;
      const owner = owners.get(node.text);
      if (owner === undefined) return undefined;
      const at = startOf(unit, node);
      const home = topLevelOf(unit, at);
      if (home === owner) return undefined;
      out.set(owner, Math.max(out.get(owner) ?? 0, 0.7 * Math.max(spectral(at), out.get(home) ?? 0)));
      return undefined;
    });
  }
  return out;
}

/** Without coverage by test: functions that the failing tests name come first, then what those call. */
function mentionedFunctions({ unit, failing }: SuspicionEvidence): (position: number) => number {
  const { ts: api } = unit;
  const words = new Set(failing.flatMap((t) => wordsOf(`${t.id} ${t.failure?.stack ?? ''}`)));
  const ranges: { start: number; end: number; factor: number }[] = [];
  const called = new Set<string>();
  walk(unit, unit.file, (node) => {
    const name = functionName(api, node);
    if (name !== undefined && words.has(name)) {
      ranges.push({ start: node.pos, end: node.end, factor: 1.8 });
      walk(unit, node, (inner) => {
        if (api.isCallExpression(inner) && api.isIdentifier(inner.expression)) called.add(inner.expression.text);
        return undefined;
      });
    }
    return undefined;
  });
  if (ranges.length === 0) return () => 1;
  walk(unit, unit.file, (node) => {
    const name = functionName(api, node);
    if (name !== undefined && called.has(name) && !words.has(name)) ranges.push({ start: node.pos, end: node.end, factor: 1.3 });
    return undefined;
  });
  return (position) => Math.max(0.3, ...ranges.filter((r) => r.start <= position && position < r.end).map((r) => r.factor));
}

function functionName(api: typeof ts, node: ts.Node): string | undefined {
  if ((api.isFunctionDeclaration(node) || api.isMethodDeclaration(node)) && node.name && api.isIdentifier(node.name))
    return node.name.text;
  if (api.isVariableDeclaration(node) && api.isIdentifier(node.name) && node.initializer) {
    return api.isArrowFunction(node.initializer) || api.isFunctionExpression(node.initializer) ? node.name.text : undefined;
  }
  return undefined;
}
