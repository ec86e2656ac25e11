/** The n-gram model's share of the tasks. */
import { ratioOf } from '../../training/pretrain/evaluate';
import { scoredGaps } from '../../training/pretrain/infill-scores';
import type { InfillRow, Result } from './job';
import { codePoints, plainBits, rowOf, type Fill, type Material } from './model';
import { NgramModel } from './ngram';
import type { Document } from './texts';

export interface Training {
  readonly source: string;
  readonly documents: readonly Document[];
}

export async function measureNgram({ source, documents }: Training, m: Material): Promise<NonNullable<Result['ngram']>> {
  m.say('learning');
  const model = new NgramModel(documents.map((d) => d.text));
  const groups: { bits: number; characters: number }[] = [];
  for (const piece of m.pieces) {
    await breath(m.signal);
    m.say(`bits per character: ${groups.length}/${m.pieces.length}`);
    groups.push({ bits: model.bits(piece), characters: codePoints(piece) });
  }
  const infill: InfillRow[] = [];
  for (const kind of scoredGaps) {
    m.say(`infill: ${kind.replace('_', ' ')}`);
    const fills: Fill[] = [];
    for (const task of m.tasks.filter((t) => t.kind === kind)) {
      await breath(m.signal);
      fills.push({ task, text: model.fill(task), steps: null });
    }
    infill.push(rowOf(m.documents, kind, { length: 'told', steps: null }, fills));
  }
  return {
    trainedOn: source,
    documents: documents.length,
    characters: documents.reduce((n, d) => n + d.text.length, 0),
    lexemes: model.lexemes,
    bits: plainBits(ratioOf(groups)),
    infill,
  };
}

/** Lets an order to stop come through: all of this is computed on one thread. */
async function breath(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
}
