/** From a corpus to a tokenizer's files. */
import { readDocuments, type DocumentKind } from '../corpus/shards';
import { PreTokenCounts } from './counts';
import { CorpusEncoder } from './encoder';
import { writeTokenizer } from './file';
import { trainBpe, type Merge } from './train';

export interface TokenizerOptions {
  /** A finished corpus. */
  readonly corpus: string;
  /** Where tokenizer.json goes. */
  readonly folder: string;
  readonly vocabulary: number;
  /** See CountOptions. Default 0.5. */
  readonly balance?: number;
  /** Longest sequence, as noted in tokenizer_config.json. */
  readonly length: number;
}

export interface MadeTokenizer {
  readonly merges: readonly Merge[];
  /** On held-out files. */
  readonly charactersPerToken: number;
}

/** Trains on the files and tests of the training split and writes the tokenizer. Throws CorpusError where there is no corpus. */
export async function makeTokenizer(o: TokenizerOptions): Promise<MadeTokenizer> {
  const counts = new PreTokenCounts();
  for (const kind of ['code', 'test'] as const satisfies readonly DocumentKind[])
    for await (const d of readDocuments(o.corpus, kind, 'train')) counts.add(d.package, d.text);
  const merges = trainBpe(counts.weighted({ balance: o.balance ?? 0.5 }), { vocabulary: o.vocabulary });
  await writeTokenizer(o.folder, merges, o.length);
  const encoder = new CorpusEncoder(merges);
  let [tokens, characters] = [0, 0];
  for await (const { text } of readDocuments(o.corpus, 'code', 'held-out')) {
    tokens += encoder.encode(text).length;
    characters += text.length;
  }
  return { merges, charactersPerToken: characters / tokens };
}
