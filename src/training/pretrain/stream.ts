/** The batches of a pre-training, in all its stages: what an update is made of follows from its number and the seed alone. */
import * as z from 'zod';
import { scaledBatch, type Batch } from '../batch';
import type { Json } from '../checkpoint';
import { PackedSequences, type PackedTokens } from '../data/packing';
import { adaptationBatch, adaptationProgress } from '../objectives/adaptation';
import { autoregressiveBatch } from '../objectives/autoregressive';
import { infillBatch, type InfillExample } from '../objectives/infill';
import { maskedBatch, type MaskedOptions } from '../objectives/masked';
import type { TokenSequences } from '../objectives/sequences';
import { splitBatch } from '../objectives/split';
import { Random } from '../random';
import type { BatchStream } from '../run/stream';
import { specialId } from '../tokenizer/pattern';
import { drawTextGap, infillExample } from './gaps';
import { planOf, stageAt, type Plan, type Settings } from './settings';

/** Tokens of a corpus by where they are from; a source without any gives its part to the files. */
export interface Sources {
  readonly code: PackedTokens;
  readonly function: PackedTokens | null;
  readonly test: PackedTokens | null;
}

export interface TextTools {
  encode(text: string): number[];
  decode(ids: Iterable<number>): string;
  /** Ids of ordinary text, which may stand in for others. */
  readonly textTokens: readonly number[];
}

/** Updates drawn, and sequences taken from each source. */
export const streamPosition = z.object({
  updates: z.number().int().min(0),
  taken: z.object({ code: z.number().int().min(0), function: z.number().int().min(0), test: z.number().int().min(0) }),
});

export type StreamPosition = z.infer<typeof streamPosition>;

type Source = keyof Sources;

export class PretrainStream implements BatchStream {
  private updates = 0;
  private taken: Record<Source, number> = { code: 0, function: 0, test: 0 };
  private readonly sequences: Partial<Record<Source, PackedSequences>> = {};
  private readonly plan: Plan;

  constructor(
    sources: Sources,
    private readonly settings: Settings,
    private readonly text: TextTools,
  ) {
    this.plan = planOf(settings);
    for (const source of ['code', 'function', 'test'] as const) {
      const packed = sources[source];
      const enough = packed && packed.tokens.length > settings.length;
      if (enough) this.sequences[source] = new PackedSequences(packed, { length: settings.length, seed: settings.seed });
    }
    if (!this.sequences.code) throw new Error(`the corpus is shorter than one sequence of ${settings.length} tokens`);
  }

  get state(): StreamPosition {
    return { updates: this.updates, taken: { ...this.taken } };
  }

  restore(state: Json): void {
    const { updates, taken } = streamPosition.parse(state);
    this.updates = updates;
    this.taken = { ...taken };
  }

  next(): Batch[] {
    const { settings } = this;
    const random = Random.seeded((settings.seed ^ Math.imul(this.updates + 1, 0x85ebca6b)) >>> 0);
    const stage = stageAt(this.plan, this.updates);
    const batches = stage === 'diffusion' ? this.diffusion(random) : [this.early(stage, random)];
    this.updates++;
    return batches.flatMap((batch) => splitBatch(batch, settings.atOnce));
  }

  private early(stage: 'autoregressive' | 'adaptation', random: Random): Batch {
    const s = this.draw(this.settings.sequences);
    if (stage === 'autoregressive') return autoregressiveBatch(s);
    const { adaptation, diffusion } = this.plan.begins;
    // The way that was measured to lose least: see adaptation.ts.
    const progress = adaptationProgress(this.updates - adaptation, diffusion - adaptation);
    return adaptationBatch(s, { ...this.masked(false), way: 'sequences', nextToken: 0.5, progress }, random);
  }

  /** Masked sequences and gaps, each in proportion to its number of sequences. */
  private diffusion(random: Random): Batch[] {
    const { sequences, diffusion } = this.settings;
    const gaps = Math.round(sequences * diffusion.infill);
    const corrupted = random.uniform() < diffusion.corruptedUpdates;
    const examples = gaps > 0 ? this.gaps(this.draw(gaps), random) : [];
    const masked = sequences - gaps;
    return [
      ...(masked > 0 ? [scaledBatch(maskedBatch(this.draw(masked), this.masked(corrupted), random), masked / sequences)] : []),
      ...(examples.length > 0 ? [scaledBatch(this.infill(examples, random), gaps / sequences)] : []),
    ];
  }

  private masked(corrupted: boolean): MaskedOptions {
    const { diffusion } = this.settings;
    return {
      maskToken: specialId('<|mask|>'),
      // Counted masks at stratified levels: an eighth of the loss's variance.
      noise: { masks: 'counted', levels: 'stratified', spanShare: diffusion.spans, most: diffusion.mostMasked },
      ...(corrupted ? { corruption: { share: diffusion.corruptedTokens, weight: 0.1, tokens: this.text.textTokens } } : {}),
    };
  }

  private infill(examples: readonly InfillExample[], random: Random): Batch {
    return infillBatch(
      examples,
      {
        length: this.settings.length,
        maskToken: specialId('<|mask|>'),
        endToken: specialId('<|endoftext|>'),
        expandToken: specialId('<|expand|>'),
        deleteToken: specialId('<|delete|>'),
        merge: 'any',
        maxDelete: 16,
        weight: 'counted',
      },
      random,
    );
  }

  /** One gap in the longest document of each sequence, where it is long enough. */
  private gaps(s: TokenSequences, random: Random): InfillExample[] {
    return Array.from({ length: s.batch }, (_, b) => {
      const text = this.text.decode(longestDocument(s, b));
      const gap = text.length < 24 ? null : drawTextGap(text, random);
      return gap && infillExample(text, gap, (t) => this.text.encode(t));
    }).filter((e) => e !== null && e.middle.length > 0 && e.middle.length <= this.settings.length / 2) as InfillExample[];
  }

  /** So many sequences, by the sources' shares: over the updates, fractions of a sequence add up. */
  private draw(count: number): TokenSequences {
    const { sources } = this.settings;
    const parts: TokenSequences[] = [];
    let rest = count;
    for (const source of ['function', 'test'] as const) {
      const total = this.taken.code + this.taken.function + this.taken.test + count;
      const size = this.sequences[source]
        ? Math.min(rest, Math.max(0, Math.round(sources[source] * total) - this.taken[source]))
        : 0;
      rest -= size;
      if (size > 0) parts.push(this.take(source, size));
    }
    if (rest > 0) parts.push(this.take('code', rest));
    return joined(parts);
  }

  private take(source: Source, size: number): TokenSequences {
    const sequences = this.sequences[source]!.batch(this.taken[source], size);
    this.taken[source] += size;
    return sequences;
  }
}

function joined(parts: readonly TokenSequences[]): TokenSequences {
  const { length } = parts[0]!;
  const batch = parts.reduce((n, p) => n + p.batch, 0);
  const [ids, documents] = [new Int32Array(batch * length), new Int32Array(batch * length)];
  let at = 0;
  for (const part of parts) {
    ids.set(part.ids, at);
    documents.set(part.documents!, at);
    at += part.ids.length;
  }
  return { batch, length, ids, documents };
}

/** Tokens of the document that has most of a sequence. */
function longestDocument(s: TokenSequences, b: number): Int32Array {
  const documents = s.documents!;
  const end = (b + 1) * s.length;
  let best: readonly [number, number] = [b * s.length, b * s.length];
  for (let from = b * s.length; from < end;) {
    let to = from + 1;
    while (to < end && documents[to] === documents[from]) to++;
    if (to - from > best[1] - best[0]) best = [from, to];
    from = to;
  }
  return s.ids.subarray(...best);
}
