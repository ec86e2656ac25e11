/** What the way a test fails says about the kind of fault: corrections to the operators' priors. */
import type { TestCase, TestFailure } from '../../workspace/types';

type Boosts = Map<string, number>;

function raise(boosts: Boosts, by: number, ...operators: readonly string[]): void {
  for (const operator of operators) boosts.set(operator, Math.max(boosts.get(operator) ?? 0, by));
}

/** A printed value as a number, or undefined. */
function numeric(text: string | undefined): number | undefined {
  if (text === undefined || !/^-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Infinity|NaN)$/.test(text.trim())) return undefined;
  return Number(text);
}

function unquote(text: string): string | undefined {
  const match = /^(['"`])([\s\S]*)\1$/.exec(text.trim());
  return match?.[2];
}

function compareNumbers(expected: number, actual: number, boosts: Boosts): void {
  const off = Math.abs(expected - actual);
  if (off === 1) raise(boosts, 0.8, 'literal.offByOne', 'operator.boundary', 'expression.offByOne', 'operator.increment');
  if (actual === -expected && actual !== 0)
    raise(boosts, 1.2, 'operand.swap', 'expression.negate', 'unary.drop', 'operator.arithmetic');
  if (Number.isInteger(expected) && !Number.isInteger(actual) && Number.isFinite(actual))
    raise(boosts, 1.2, 'wrap.call', 'operator.arithmetic');
  if (Number.isNaN(actual))
    raise(boosts, 0.8, 'statement.initialise', 'expression.default', 'guard.return', 'name.property', 'call.usualArgument');
  if (!Number.isFinite(actual)) raise(boosts, 0.8, 'guard.return', 'literal.limit');
  if (expected !== 0 && actual !== 0 && Number.isFinite(actual)) {
    const ratio = expected / actual;
    if ([2, 0.5, 10, 0.1, 100, 0.01, 1000, 0.001, 60, 1 / 60].some((r) => Math.abs(ratio - r) < 1e-9 * r))
      raise(boosts, 1, 'expression.scale', 'literal.scaled', 'operator.arithmetic');
  }
}

function compareStrings(expected: string, actual: string, boosts: Boosts): void {
  if (expected.toLowerCase() === actual.toLowerCase()) raise(boosts, 1.5, 'wrap.call', 'call.unwrap', 'name.method');
  else if (expected.trim() === actual.trim())
    raise(boosts, 1.5, 'wrap.call', 'literal.string', 'literal.template', 'literal.stringShape');
  if (Array.from(expected).reverse().join('') === actual) raise(boosts, 1.2, 'operand.swap', 'call.unwrap', 'wrap.call');
  if (Math.abs(expected.length - actual.length) === 1)
    raise(boosts, 0.5, 'literal.offByOne', 'operator.boundary', 'expression.offByOne', 'literal.string');
  if (actual.includes('undefined') && !expected.includes('undefined'))
    raise(boosts, 0.8, 'expression.default', 'name.property', 'literal.offByOne', 'operator.boundary', 'expression.offByOne');
}

function compareValues(failure: TestFailure, boosts: Boosts): void {
  const { expected, actual } = failure;
  if (expected === undefined || actual === undefined) return;
  const e = numeric(expected);
  const a = numeric(actual);
  if (e !== undefined && a !== undefined) compareNumbers(e, a, boosts);
  const es = unquote(expected);
  const as = unquote(actual);
  if (es !== undefined && as !== undefined) compareStrings(es, as, boosts);
  if ((expected === 'true' && actual === 'false') || (expected === 'false' && actual === 'true')) {
    raise(
      boosts,
      0.4,
      'condition.negate',
      'condition.drop',
      'operator.logical',
      'operator.boundary',
      'literal.boolean',
      'condition.and',
      'condition.or',
    );
    raise(boosts, 0.8, expected === 'true' ? 'condition.or' : 'condition.and');
  }
  if (actual.trim() === 'undefined') raise(boosts, 1, 'return.add', 'name.property', 'expression.default', 'guard.return');
  if (e !== undefined && as !== undefined) raise(boosts, 1.5, 'wrap.call');
  if (es !== undefined && a !== undefined) raise(boosts, 1.2, 'wrap.call');
  if (expected.startsWith('[') && actual.startsWith('[')) {
    const items = (text: string): string[] => text.split(/[\s,[\]]+/).filter(Boolean);
    const left = items(expected);
    const right = items(actual);
    if (left.length === right.length && [...left].sort().join() === [...right].sort().join())
      raise(boosts, 0.8, 'operand.swap', 'name.method', 'call.usualArgument', 'statement.swap', 'wrap.call');
    if (Math.abs(left.length - right.length) === 1)
      raise(boosts, 0.5, 'operator.boundary', 'literal.offByOne', 'statement.copy', 'statement.insert');
  }
  if (actual.includes('Promise') && !expected.includes('Promise')) raise(boosts, 2.5, 'await.add');
}

function readMessage(message: string, boosts: Boosts): void {
  if (/Cannot read propert|of undefined|of null|undefined is not|is not iterable/.test(message))
    raise(
      boosts,
      1,
      'guard.return',
      'chain.add',
      'expression.default',
      'operator.boundary',
      'literal.offByOne',
      'condition.and',
      'parameter.default',
      'expression.offByOne',
    );
  if (message.includes('is not a function'))
    raise(boosts, 1.5, 'name.method', 'name.property', 'name.function', 'call.unwrap', 'wrap.call');
  if (message.includes('is not defined')) raise(boosts, 1.5, 'name.variable', 'name.function');
  if (message.includes('Assignment to constant')) raise(boosts, 3.5, 'statement.let');
  if (message.includes('before initialization')) raise(boosts, 2, 'statement.swap');
  if (/Missing expected (?:exception|rejection)|to throw|did not throw/i.test(message)) raise(boosts, 2.5, 'guard.throw');
  if (message.includes('Maximum call stack'))
    raise(boosts, 1.2, 'guard.return', 'literal.offByOne', 'operator.boundary', 'expression.offByOne', 'operator.arithmetic');
  if (/timed? ?out|exceeded|Invalid (?:array|string) length|heap/i.test(message))
    raise(
      boosts,
      1,
      'operator.increment',
      'statement.insert',
      'operator.assignment',
      'operator.boundary',
      'operator.arithmetic',
      'loop.toIf',
    );
  if (/mutat|unchanged|original|copy/i.test(message)) raise(boosts, 1.5, 'copy.first', 'wrap.call');
}

/** Corrections (log scale, never negative) by operator. */
export function failureBoosts(failing: readonly TestCase[]): Boosts {
  const boosts: Boosts = new Map();
  for (const test of failing) {
    if (!test.failure) continue;
    compareValues(test.failure, boosts);
    readMessage(`${test.failure.message} ${test.title}`, boosts);
  }
  return boosts;
}
