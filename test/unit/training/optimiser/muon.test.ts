import assert from 'node:assert/strict';
import { muon, type MuonOptions } from '../../../../src/training/optimiser/muon';
import { NewtonSchulz } from '../../../../src/training/optimiser/newton-schulz';
import { adamW } from '../../../../src/training/optimiser/adamw';
import type { Parameter } from '../../../../src/training/parameters';
import { Random } from '../../../../src/training/random';
import { combine, newtonSchulz, norm, rowsOf, singularValues } from './linear-algebra';

function filled(length: number, random: Random): Float32Array {
  return Float32Array.from({ length }, () => random.uniform() - 0.5);
}

async function orthogonal(stack: Float32Array, count: number, rows: number, columns: number): Promise<Float32Array[]> {
  const solver = await NewtonSchulz.create({ rows, columns }, { threads: 1 });
  try {
    const size = rows * columns;
    const scales = Float32Array.from(
      { length: count },
      (_, i) => 1 / norm(rowsOf(stack.subarray(i * size, (i + 1) * size), rows, columns)),
    );
    const into = new Float32Array(stack.length);
    await solver.run(stack, scales, into);
    return scales.length === 0 ? [] : Array.from(scales, (_, i) => into.slice(i * size, (i + 1) * size));
  } finally {
    await solver.dispose();
  }
}

/** Square, nearly square, wide and tall: both forms of the iteration, each from both sides. */
const shapes = [
  [12, 12],
  [12, 16],
  [16, 12],
  [10, 28],
  [28, 10],
] as const;

describe('Newton-Schulz iteration', () => {
  for (const [rows, columns] of shapes) {
    it(`${rows} x ${columns}: as in float64, and all singular values near 1`, async () => {
      const stack = filled(3 * rows * columns, Random.seeded(rows + columns));
      const found = await orthogonal(stack, 3, rows, columns);
      found.forEach((matrix, i) => {
        const given = rowsOf(stack.subarray(i * matrix.length), rows, columns);
        const expected = newtonSchulz(given).flat();
        const worst = Math.max(...expected.map((v, j) => Math.abs(v - matrix[j]!)));
        assert.ok(worst < 2e-4, `off by ${worst}`);
        const values = singularValues(rowsOf(matrix, rows, columns));
        // The steep start lifts whatever is above about 1/500 of the norm.
        const lifted = singularValues(given).filter((s) => s > norm(given) / 150).length;
        assert.ok(lifted >= Math.min(rows, columns) - 1);
        for (const s of values.slice(0, lifted)) assert.ok(s > 0.6 && s < 1.25, `singular values ${values.join(' ')}`);
      });
    });
  }

  for (const [rows, columns] of [
    [24, 24],
    [24, 66],
  ] as const) {
    it(`${rows} x ${columns}, nearly singular: still as in float64`, async () => {
      // Rows of sizes from 1 to a millionth: squared, the small ones are below what singles can add to the large ones.
      const graded = filled(rows * columns, Random.seeded(2)).map(
        (v, i) => v * 10 ** ((-6 * Math.floor(i / columns)) / (rows - 1)),
      );
      const [found] = await orthogonal(graded, 1, rows, columns);
      const expected = newtonSchulz(rowsOf(graded, rows, columns)).flat();
      const worst = Math.max(...expected.map((v, i) => Math.abs(v - found![i]!)));
      assert.ok(worst < 1e-3, `off by ${worst}`);
    });
  }

  it('the singular values of the reference are right: a diagonal matrix, and a rotation of one', () => {
    const near = (a: readonly number[], b: readonly number[]): void => {
      assert.ok(
        a.every((x, i) => Math.abs(x - b[i]!) < 1e-12),
        a.join(),
      );
    };
    near(singularValues([[3, 0, 0], [0, -0.5, 0]]), [3, 0.5]); // prettier-ignore
    // [[1, 1], [0, 1]]: the golden ratio and its inverse.
    near(singularValues([[1, 1], [0, 1]]), [(1 + Math.sqrt(5)) / 2, (Math.sqrt(5) - 1) / 2]); // prettier-ignore
  });
});

function parameters(random: Random): Parameter[] {
  const make = (name: string, shape: number[]): Parameter => ({
    name,
    shape,
    data: filled(
      shape.reduce((a, b) => a * b, 1),
      random,
    ),
  });
  return [
    make('embedding', [7, 6]),
    make('block0.attentionNorm', [6]),
    make('block0.query', [6, 6]),
    make('block0.up', [6, 15]),
    make('block0.down', [15, 6]),
    make('block1.query', [6, 6]),
  ];
}

describe('Muon', () => {
  const cases: Record<string, { options: MuonOptions; scale: (inner: number, outer: number) => number }> = {
    'rms scale, Nesterov': { options: {}, scale: (i, o) => 0.2 * Math.sqrt(Math.max(i, o)) },
    'spectral scale, plain momentum, decay': {
      options: { scale: 'spectral', nesterov: false, momentum: 0.8, weightDecay: 0.3 },
      // Weights are [in, out]: only a matrix that widens is scaled up.
      scale: (i, o) => (o > i ? Math.sqrt(o / i) : 1),
    },
  };

  for (const [name, { options, scale }] of Object.entries(cases)) {
    it(`matrices as in float64, the rest as AdamW has them: ${name}`, async () => {
      const random = Random.seeded(11);
      const given = parameters(random);
      const start = new Map(given.map((p) => [p.name, p.data.slice()]));
      const adams = given
        .filter((p) => p.name === 'embedding' || p.shape.length === 1)
        .map((p) => ({ ...p, data: p.data.slice() }));
      const steps = Array.from({ length: 4 }, () => new Map(given.map((p) => [p.name, filled(p.data.length, random)])));
      const rate = 0.02;
      const optimiser = await muon(given, { threads: 1, adamShare: 0.5, ...options });
      const plain = adamW(adams);
      try {
        for (const gradients of steps) {
          await optimiser.update(gradients, rate);
          await plain.update(gradients, 0.5 * rate);
        }
        assert.equal(optimiser.updates, 4);
      } finally {
        await optimiser.dispose();
      }
      for (const p of adams) assert.deepEqual(given.find((q) => q.name === p.name)!.data, p.data);
      const { momentum: mu = 0.95, nesterov = true, weightDecay = 0 } = options;
      for (const p of given.filter((q) => !adams.some((a) => a.name === q.name))) {
        const [inner, outer] = p.shape as [number, number];
        let weights = rowsOf(start.get(p.name)!, inner, outer);
        let moment = weights.map((row) => row.map(() => 0));
        for (const gradients of steps) {
          const g = rowsOf(gradients.get(p.name)!, inner, outer);
          moment = combine(moment, g, (m, x) => mu * m + x);
          const direction = newtonSchulz(nesterov ? combine(g, moment, (x, m) => x + mu * m) : moment);
          weights = combine(weights, direction, (w, d) => w - rate * (scale(inner, outer) * d + weightDecay * w));
        }
        const worst = Math.max(...weights.flat().map((w, i) => Math.abs(w - p.data[i]!)));
        assert.ok(worst < 2e-5, `${p.name} is off by ${worst}`);
      }
    });
  }

  it('stacks too large for one run give what single ones give', async () => {
    const side = 400;
    const make = (): Parameter[] => {
      const random = Random.seeded(5);
      return Array.from({ length: 5 }, (_, i) => ({ name: `m${i}`, shape: [side, side], data: filled(side * side, random) }));
    };
    const together = make();
    const gradients = new Map(make().map((p, i) => [p.name, filled(p.data.length, Random.seeded(i))]));
    const all = await muon(together, { threads: 1 });
    await all.update(gradients, 0.1);
    await all.dispose();
    const [, , , , alone] = make();
    const one = await muon([alone!], { threads: 1 });
    await one.update(gradients, 0.1);
    await one.dispose();
    assert.deepEqual(together[4]!.data, alone!.data);
  });

  it('a matrix without gradient stays where it is', async () => {
    const p = { name: 'block0.query', shape: [4, 4], data: filled(16, Random.seeded(1)) };
    const before = p.data.slice();
    const optimiser = await muon([p], { threads: 1 });
    await optimiser.update(new Map([[p.name, new Float32Array(16)]]), 0.1);
    await optimiser.dispose();
    assert.deepEqual(p.data, before);
  });
});
