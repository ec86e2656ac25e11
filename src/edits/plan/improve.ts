/** The kinds that leave code simpler whoever reads it, in the order in which they help one another. Others are a matter of taste. */
import type { EditKind } from '../kind';

const order = [
  'var-to-const-let',
  'let-to-const',
  'loop-to-for-of',
  'loop-to-map',
  'function-to-arrow',
  'concise-arrow',
  'spread-call',
  'spread-object',
  'spread-array',
  'includes',
  'starts-with',
  'object-has-own',
  'power-operator',
  'strict-equality',
  'literal-on-the-right',
  'nullish-coalescing',
  'optional-chaining',
  'simplify-boolean',
  'no-else-return',
  'default-parameter',
  'template-literal',
  'dot-notation',
  'object-shorthand',
  'compound-assignment',
  'optional-catch-binding',
];

export function improvingKinds(kinds: readonly EditKind[]): EditKind[] {
  return order.flatMap((name) => kinds.find((kind) => kind.name === name) ?? []);
}
