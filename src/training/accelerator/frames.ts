/** What one update is fed, as arrays of fixed sizes in one block of bytes: the inputs of an update graph, places that are not needed weighing nothing. */
import type { Graph, Value } from '../../onnx/graph';
import type { Batch } from '../batch';
import type { RankingExample } from '../tune/ranking/examples';
import { emptyPrior, type ListwiseSizes } from './listwise-loss';
import { scheduleInputs } from './optimiser-graph';
import type { UpdateGraphOptions } from './update-graph';

/** Where an input lies in a frame: 32-bit integers (the graph's int64) or float32, `offset` in bytes. */
export interface FramePart {
  readonly name: string;
  readonly dtype: 'int32' | 'float32';
  readonly shape: readonly number[];
  readonly offset: number;
}

/** The graph's inputs but for those that it keeps, in their order; the schedule's come last. */
export function frameLayout(
  graph: Graph,
  kept: readonly string[],
): { readonly parts: readonly FramePart[]; readonly bytes: number } {
  const last = new Set<string>(scheduleInputs);
  const fed = graph.inputs.filter(({ name }) => !kept.includes(name) && !last.has(name));
  const schedule = scheduleInputs.map((name) => graph.inputs.find((i) => i.name === name)!);
  let bytes = 0;
  const parts = [...fed, ...schedule].map(({ name, dtype, shape }: Value): FramePart => {
    const offset = bytes;
    bytes += 4 * (shape as readonly number[]).reduce((a, b) => a * b, 1);
    return { name, dtype: dtype === 'int64' ? 'int32' : 'float32', shape: shape as readonly number[], offset };
  });
  return { parts, bytes };
}

export interface FrameSizes extends Pick<UpdateGraphOptions, 'batch' | 'length' | 'rows'> {
  readonly ranking?: ListwiseSizes;
}

/** A frame while it is filled. Nothing is added where there is no room for it. */
export class Frame {
  readonly values: Readonly<Record<string, Int32Array | Float32Array>>;
  private readonly ids: Int32Array;
  private readonly documents: Int32Array;
  private readonly rows: Int32Array;
  private readonly targets: Int32Array;
  private readonly rowWeights: Float32Array;
  private used = { sequences: 0, rows: 0, texts: 0, terms: 0 };

  constructor(
    private readonly sizes: FrameSizes,
    endToken: number,
  ) {
    const { batch, length, rows, ranking } = sizes;
    this.ids = new Int32Array(batch * length).fill(endToken);
    this.documents = new Int32Array(batch * length);
    [this.rows, this.targets, this.rowWeights] = [new Int32Array(rows), new Int32Array(rows), new Float32Array(rows)];
    this.values = {
      ids: this.ids,
      documents: this.documents,
      rows: this.rows,
      targets: this.targets,
      row_weights: this.rowWeights,
      ...(ranking
        ? {
            prior: new Float32Array(ranking.texts * ranking.candidates).fill(emptyPrior),
            term_factor: new Float32Array(ranking.terms),
            term_row: new Int32Array(ranking.terms),
            term_candidate: new Int32Array(ranking.terms),
            text_weights: new Float32Array(ranking.texts),
          }
        : {}),
    };
  }

  /** Sequences with their loss rows; rows that find no place are left out. Returns whether there was room for the sequences. */
  add(batch: Batch): boolean {
    const { length } = this.sizes;
    if (batch.length !== length || batch.causal) throw new Error(`sequences of ${length} tokens that see both ways are wanted`);
    const first = this.used.sequences;
    if (first + batch.batch > this.sizes.batch) return false;
    this.ids.set(batch.ids, first * length);
    this.documents.set(documentsOf(batch), first * length);
    const weights = batch.values['row_weights']!;
    for (let i = 0; i < batch.rows.length; i++) this.row(first * length + batch.rows[i]!, batch.targets[i]!, weights[i]!);
    this.used.sequences += batch.batch;
    return true;
  }

  /** A text whose candidates are to be ranked by their log odds, a nat of which counts `factor`. Returns whether there was room for all of it. */
  addRanking({ tokens, candidates, right }: RankingExample, { factor, weight }: { factor: number; weight: number }): boolean {
    const { ranking, length, batch, rows } = this.sizes;
    if (!ranking) throw new Error('the frame has no places for what is to be ranked');
    const { used } = this;
    const terms = candidates.reduce((n, c) => n + 2 * c.corrections.length, 0);
    const labels = new Map<number, { readonly at: number; readonly label: number }>();
    for (const { corrections } of candidates)
      for (const { at, label } of corrections)
        for (const one of [label, tokens[at]!]) labels.set(labelKey(at, one), { at, label: one });
    const fits =
      used.sequences < batch &&
      used.texts < ranking.texts &&
      candidates.length <= ranking.candidates &&
      used.terms + terms <= ranking.terms &&
      used.rows + labels.size <= rows;
    if (!fits) return false;
    const start = used.sequences * length;
    this.ids.set(tokens, start);
    this.documents.fill(-1, start + tokens.length, start + length);
    const rowOf = new Map([...labels.keys()].map((key, i) => [key, used.rows + i]));
    for (const { at, label } of labels.values()) this.row(start + at, label, 0);
    const { prior, term_factor: factors, term_row: at, term_candidate: of, text_weights: texts } = this.values;
    const ordered = [candidates[right]!, ...candidates.filter((_, i) => i !== right)];
    ordered.forEach((candidate, i) => {
      const place = used.texts * ranking.candidates + i;
      prior![place] = candidate.prior;
      for (const c of candidate.corrections) {
        for (const [label, sign] of [
          [c.label, 1],
          [tokens[c.at]!, -1],
        ] as const) {
          factors![used.terms] = sign * factor;
          at![used.terms] = rowOf.get(labelKey(c.at, label))!;
          of![used.terms++] = place;
        }
      }
    });
    texts![used.texts++] = weight;
    used.sequences++;
    return true;
  }

  /** So many of what is drawn; what has too many candidates for the room that is left is drawn again, within reason. */
  addRankings(count: number, draw: () => RankingExample, options: { readonly factor: number; readonly weight: number }): void {
    for (let found = 0, attempt = 0; found < count && attempt < 3 * count; attempt++)
      found += Number(this.addRanking(draw(), options));
  }

  /** In the order of a layout; what it does not name is left out, the schedule is zeros. */
  bytes(layout: { readonly parts: readonly FramePart[]; readonly bytes: number }): Uint8Array {
    const out = new Uint8Array(layout.bytes);
    for (const { name, offset } of layout.parts) {
      const values = this.values[name];
      if (values) out.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    }
    return out;
  }

  private row(row: number, target: number, weight: number): void {
    const { used } = this;
    if (used.rows === this.sizes.rows) return;
    this.rows[used.rows] = row;
    this.targets[used.rows] = target;
    this.rowWeights[used.rows++] = weight;
  }
}

function labelKey(at: number, label: number): number {
  return at * 2 ** 20 + label;
}

/** [B,L]: for each token the first that it sees, which is where its document begins; -1 for padding. */
function documentsOf({ batch, length, hidden, visible }: Batch): Int32Array {
  const documents = new Int32Array(batch * length);
  const square = visible && visible.length > length * length ? length * length : 0;
  for (let i = 0; i < documents.length; i++) {
    const [b, q] = [Math.floor(i / length), i % length];
    if (hidden?.[i]) documents[i] = -1;
    else if (visible) documents[i] = visible.indexOf(1, b * square + q * length) % length;
  }
  return documents;
}
