import type { Batch } from '../batch';

/**
 * A batch in pieces of at most `sequences` sequences, for less memory: since rows keep their weights, the pieces' losses and gradients add up to the
 * whole's. For losses by row (weightedCrossEntropy, clippedPolicyLoss); a unit of several rows may not fall into two pieces.
 */
export function splitBatch(batch: Batch, sequences: number): Batch[] {
  if (batch.indices) throw new Error('units of several rows cannot be split; see rolloutsPerBatch');
  const { length, visible } = batch;
  const square = length * length;
  return Array.from({ length: Math.ceil(batch.batch / sequences) }, (_, piece) => {
    const first = piece * sequences;
    const end = Math.min(first + sequences, batch.batch);
    const [from, to] = [first * length, end * length];
    const own = Array.from(batch.rows.keys()).filter((i) => batch.rows[i]! >= from && batch.rows[i]! < to);
    const pick = (values: Float32Array): Float32Array =>
      own.length === 0 ? new Float32Array(1) : Float32Array.from(own, (i) => values[i]!);
    return {
      ...batch,
      batch: end - first,
      ids: batch.ids.subarray(from, to),
      ...(batch.hidden ? { hidden: batch.hidden.subarray(from, to) } : {}),
      ...(visible && visible.length > square ? { visible: visible.subarray(first * square, end * square) } : {}),
      // The graph wants a row: one of weight 0 stands in where a piece has none.
      rows: own.length === 0 ? Int32Array.of(0) : Int32Array.from(own, (i) => batch.rows[i]! - from),
      targets: own.length === 0 ? Int32Array.of(0) : Int32Array.from(own, (i) => batch.targets[i]!),
      values: Object.fromEntries(Object.entries(batch.values).map(([name, v]) => [name, pick(v)])),
    };
  });
}
