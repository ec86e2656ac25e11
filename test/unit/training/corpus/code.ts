/** Sound code of any length for tests, no two pieces alike. */
import { Random } from '../../../../src/training/random';

const nouns =
  'order price item total user list name value index result entry table queue path node key rate limit cache token'.split(' ');
const verbs = 'get set find make read write sum count merge check parse format sort split join load'.split(' ');

function pick(random: Random, from: readonly string[]): string {
  return from[random.below(from.length)]!;
}

/** A function with a few statements. */
export function madeFunction(random: Random): string {
  const [a, b, c] = [pick(random, nouns), `${pick(random, nouns)}s`, `${pick(random, verbs)}${random.below(1000)}`];
  const lines = Array.from({ length: 3 + random.below(5) }, () => {
    const [x, y] = [pick(random, nouns), random.below(100)];
    switch (random.below(4)) {
      case 0:
        return `  if (${a}.${x} > ${y}) ${b}.push(${a}.${pick(random, nouns)});`;
      case 1:
        return `  const ${x}${y} = ${pick(random, verbs)}(${a}, ${b}.length + ${y});`;
      case 2:
        return `  for (const ${x} of ${b}) ${a}.${pick(random, verbs)}(${x}.${pick(random, nouns)});`;
      default:
        return `  ${a}.${x} = ${b}.map((${x}) => ${x}.${pick(random, nouns)} * ${y});`;
    }
  });
  return `function ${c}(${a}, ${b}) {\n${lines.join('\n')}\n  return ${b}.length;\n}\n`;
}

export function madeFile(seed: number, functions = 6): string {
  const random = Random.seeded(seed);
  const body = Array.from({ length: functions }, () => madeFunction(random)).join('\n');
  return `'use strict';\n\n${body}\nmodule.exports = { seed: ${seed} };\n`;
}
