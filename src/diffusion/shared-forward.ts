/** Samples drawn for one gap or one prompt begin alike: the first forward is run once for all that are equal. */
import type { KeyValueCache, RunTurn, StepModel, StepRequest, StepResult } from '../model/step-model';

/** The largest number such that canvases are equal, padding included, in groups of so many neighbours; 1 where no such group is. */
export function copiesOf(canvas: Int32Array, batch: number, padding?: Uint8Array): number {
  const length = canvas.length / batch;
  const alike = (b: number): boolean => {
    for (let i = b * length; i < (b + 1) * length; i++) {
      if (canvas[i] !== canvas[i - length] || (padding && padding[i] !== padding[i - length])) return false;
    }
    return true;
  };
  let copies = 0;
  let start = 0;
  for (let b = 1; b <= batch; b++) {
    if (b < batch && alike(b)) continue;
    copies = gcd(b - start, copies);
    start = b;
  }
  return copies;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/**
 * The step that `request` asks for, computed for one canvas of each group of `copies` equal neighbours. Its queries go from canvas to canvas, and are
 * the same ones throughout a group. `context`: a cache of one canvas that all of them begin with.
 */
export async function sharedStep(
  model: StepModel,
  request: StepRequest,
  copies: number,
  context: KeyValueCache | undefined,
  turn?: RunTurn,
): Promise<StepResult> {
  const groups = request.batch / copies;
  const rows = request.rows.length;
  const kept: number[] = [];
  /** For each query, the row of the smaller result that answers it. */
  const answers: number[] = [];
  let first = 0;
  for (let i = 0, within = 0; i < request.queries.length; i++, within++) {
    const canvas = Math.floor(request.queries[i]! / rows);
    if (i > 0 && canvas !== Math.floor(request.queries[i - 1]! / rows)) within = 0;
    if (canvas % copies === 0) {
      if (within === 0) first = kept.length;
      kept.push(i);
    }
    answers.push(first + within);
  }
  const one = await model.step(
    {
      ...request,
      batch: groups,
      ids: ofEach(request.ids, rows, copies),
      cache: context && model.repeatCache(context, groups),
      hidden: request.hidden && { ...request.hidden, mask: Uint8Array.from(ofEach(request.hidden.mask, request.hidden.length, copies)) }, // prettier-ignore
      queries: kept.map((i) => {
        const query = request.queries[i]!;
        return Math.floor(query / rows / copies) * rows + (query % rows);
      }),
      targets: request.targets && { ids: kept.map((i) => request.targets!.ids[i]!), perQuery: 1 },
    },
    turn,
  );
  const spread = <T extends Float32Array | Int32Array>(values: T): T => {
    const width = values.length / kept.length;
    const all = new (values.constructor as new (n: number) => T)(width * answers.length);
    answers.forEach((row, i) => {
      all.set(values.subarray(row * width, (row + 1) * width), i * width);
    });
    return all;
  };
  return {
    topP: spread(one.topP),
    topId: spread(one.topId),
    ...(one.entropy ? { entropy: spread(one.entropy) } : {}),
    ...(one.targetLogp ? { targetLogp: spread(one.targetLogp) } : {}),
    ...(one.cache ? { cache: model.repeatCache(one.cache, request.batch) } : {}),
  };
}

/** Rows of the first canvas of each group. */
function ofEach(values: ArrayLike<number>, length: number, copies: number): Int32Array {
  const groups = values.length / length / copies;
  return Int32Array.from({ length: groups * length }, (_, i) => values[Math.floor(i / length) * copies * length + (i % length)]!);
}
