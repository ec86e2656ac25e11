/** The corpus as a pre-training needs it: tokens by source, and what belongs to the tokenizer. */
import { CodeTokenizer } from '../../model/tokenizer';
import { documentKinds, packagesIn, readDocuments, readIndex, splits } from '../corpus/shards';
import { CorpusEncoder } from '../tokenizer/encoder';
import { readMerges } from '../tokenizer/file';
import { firstMerge, tagTokens } from '../tokenizer/pattern';
import type { Merge } from '../tokenizer/train';
import type { Progress } from './milestone';
import type { TextTools } from './stream';
import { openTokens, type TokenFile } from './token-files';

export interface PretrainData {
  readonly train: { readonly code: TokenFile; readonly function: TokenFile | null; readonly test: TokenFile | null };
  readonly heldOut: TokenFile;
  readonly tokenizer: CodeTokenizer;
  readonly text: TextTools;
  /** Rows of the embedding. */
  readonly vocabulary: number;
  /** Code points that a token stands for; 0 for special ones. */
  readonly charactersOf: (id: number) => number;
  readonly charactersPerToken: number;
  readonly corpus: Progress['corpus'];
  /** Texts of held-out files. */
  heldOutTexts(): Promise<string[]>;
  close(): void;
}

/** Throws CorpusError or TokenizerError if there is no corpus, or the tokenizer is another's. */
export async function openData(corpus: string, tokenizerFolder: string): Promise<PretrainData> {
  const shards = await readIndex(corpus);
  const merges = await readMerges(tokenizerFolder);
  const tokenizer = await CodeTokenizer.load(tokenizerFolder);
  const folder = { corpus, merges };
  const open = new Map<string, TokenFile | null>();
  for (const split of splits) {
    for (const kind of documentKinds) open.set(`${kind}.${split}`, await openTokens(folder, kind, split));
  }
  const needed = (name: string): TokenFile => open.get(name) ?? lacking(name);
  const [code, heldOut] = [needed('code.train'), needed('code.held-out')];
  const train = { code, function: open.get('function.train') ?? null, test: open.get('test.train') ?? null };
  const vocabulary = merges.reduce((most, [, , made]) => Math.max(most, made), firstMerge - 1) + 1;
  const encoder = new CorpusEncoder(merges);
  const lengths = codePointsOf(merges, vocabulary);
  const learnt = shards.filter((s) => s.split === 'train' && s.kind !== 'function');
  return {
    train,
    heldOut,
    tokenizer,
    text: {
      encode: (text) => encoder.encode(text),
      decode: (ids) => tokenizer.decode(ids),
      textTokens: Array.from({ length: vocabulary }, (_, id) => id).filter((id) => tokenizer.isText(id)),
    },
    vocabulary,
    charactersOf: (id) => lengths[id]!,
    charactersPerToken: heldOut.characters / heldOut.tokens.length,
    corpus: {
      packages: await packagesIn(corpus, 'train'),
      documents: learnt.reduce((n, s) => n + s.documents, 0),
      characters: learnt.reduce((n, s) => n + s.characters, 0),
      tokens: code.tokens.length + (train.test?.tokens.length ?? 0),
    },
    async heldOutTexts() {
      const texts: string[] = [];
      for await (const d of readDocuments(corpus, 'code', 'held-out')) texts.push(d.text);
      return texts;
    },
    close() {
      for (const file of open.values()) file?.close();
    },
  };
}

/** Code points of each token; one counts where its first byte is. Special tokens have none. */
function codePointsOf(merges: readonly Merge[], vocabulary: number): Uint16Array {
  const lengths = new Uint16Array(vocabulary);
  for (let byte = 0; byte < 256; byte++) lengths[byte] = (byte & 0xc0) === 0x80 ? 0 : 1;
  tagTokens.forEach((tag, i) => (lengths[firstMerge - tagTokens.length + i] = tag.length));
  for (const [left, right, made] of merges) lengths[made] = lengths[left]! + lengths[right]!;
  return lengths;
}

function lacking(name: string): never {
  throw new Error(`the corpus holds no documents of ${name}`);
}
