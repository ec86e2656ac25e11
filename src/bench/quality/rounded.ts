/** A network as int8 would leave it: every matrix rounded to whole numbers of 8 bits in blocks that share a scale, and computed with as it is. */
import type { TransformerConfig } from '../../model/config';
import { dequantise, quantise } from '../../model/quantise';
import { transposed, type TransformerWeights } from '../../model/weights';
import { quantisedWeights } from '../../training/lora/frozen';
import { parametersOf, weightsOf } from '../../training/parameters';

const bits = 8;

/** Throws ModelError where a matrix cannot be cut into blocks. */
export function roundedToInt8(c: TransformerConfig, weights: TransformerWeights): TransformerWeights {
  const parameters = parametersOf(c, weights);
  const matrices = quantisedWeights(parameters, { bits });
  const rounded = parameters.map((p) => {
    if (p.name === 'embedding' || p.name === 'head') return { ...p, data: roundedRows(p.data, c.vocabulary, c.width) };
    const matrix = matrices.get(p.name)!;
    return { ...p, data: matrix instanceof Float32Array ? matrix : dequantise(matrix) };
  });
  return weightsOf(c, rounded);
}

/** A table [rows, columns] in blocks along its rows, as a head that multiplies by it would hold it. */
function roundedRows(table: Float32Array, rows: number, columns: number): Float32Array {
  const matrix = quantise(transposed(table, rows, columns), columns, rows, { bits });
  return transposed(dequantise(matrix), columns, rows);
}
