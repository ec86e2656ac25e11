/** Gradients of each operator on WebGPU beside the CPU's, in a process of its own (see test/unit/model/webgpu.test.ts). Prints JSON: by problem. */
import { problems } from './problems';
import { gradientsOn, type Problem } from './support';

export interface OperatorComparison {
  /** Largest difference, relative to the largest element (at least 1). */
  readonly difference: number;
  /** Why WebGPU would not run it. */
  readonly refused?: string;
}

/** By name: those that need no operator which WebGPU lacks. */
export const comparable: readonly [name: string, problem: Problem][] = Object.entries(problems)
  .filter(([op]) => op !== 'FusedMatMul')
  .flatMap(([op, cases]) => Object.entries(cases).map(([name, problem]) => [`${op}: ${name}`, problem] as const))
  .map(([name, problem]) => [name, { ...problem, options: { fusedMatMul: false, scatterRows: true } }]);

async function compare(problem: Problem): Promise<OperatorComparison> {
  try {
    const [expected, found] = [await gradientsOn(problem, 'cpu'), await gradientsOn(problem, 'webgpu')];
    let difference = 0;
    for (const [name, reference] of Object.entries(expected)) {
      const scale = Math.max(1, ...reference.map(Math.abs));
      reference.forEach((v, i) => {
        const d = Math.abs(v - found[name]![i]!) / scale;
        if (!(d <= difference)) difference = d;
      });
    }
    return { difference };
  } catch (error) {
    return { difference: Infinity, refused: String(error) };
  }
}

async function main(): Promise<void> {
  const found: Record<string, OperatorComparison> = {};
  for (const [name, problem] of comparable) found[name] = await compare(problem);
  process.stdout.write(`${JSON.stringify(found)}\n`);
}

if (require.main === module) void main();
