/**
 * Does text from neighbouring files help the embedded model? Gaps in held-out code of the corpus (npm run data), filled and scored with the context that
 * the editor would choose from the same package's files (its imports first), at several shares of the model's room, and without.
 *
 *   npx tsx test/bench/context.ts [--tasks 200] [--early] [--model FOLDER] [--corpus FOLDER]
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cutFile, PieceIndex } from '../../src/editor/completion/context/pieces';
import { importsOf } from '../../src/editor/completion/context/imports';
import { loadCodeModel } from '../../src/diffusion/load';
import { mean } from '../../src/bench/engine/timing';
import { readDocuments } from '../../src/training/corpus/shards';
import { Random } from '../../src/training/random';

interface Document {
  readonly package: string;
  readonly path: string;
  readonly text: string;
}

const charactersPerToken = 3.2;

/** The files of a document's package that it imports, else others near to it. */
function neighboursOf(
  document: Document,
  others: readonly Document[],
): { path: string; text: string; imported: readonly string[] }[] {
  const imports = importsOf(document.text);
  const bare = (file: string): string => file.replace(/\.[cm]?[jt]sx?$/, '').replace(/\/index$/, '');
  return others
    .filter((other) => other !== document)
    .flatMap((other) => {
      const found = imports.find(
        ({ from }) => bare(path.posix.join(path.posix.dirname(document.path), from)) === bare(other.path),
      );
      return found ? [{ path: other.path, text: other.text, imported: found.names }] : [];
    })
    .slice(0, 8);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      tasks: { type: 'string', default: '200' },
      /** Only places near the beginning of a file, where the prefix leaves room. */
      early: { type: 'boolean', default: false },
      model: { type: 'string', default: 'model-assets/unmask-tiny' },
      corpus: { type: 'string', default: '.cache/corpus' },
    },
  });
  const documents: Document[] = [];
  for await (const document of readDocuments(values.corpus, 'code', 'held-out')) documents.push(document);
  const ofPackage = (name: string): Document[] => documents.filter((d) => d.package === name);
  const random = Random.seeded(5);
  const loaded = await loadCodeModel({
    dir: path.resolve(values.model),
    device: 'cpu',
    threads: 2,
    gate: { run: (_priority, _signal, work) => work() },
  });
  const { model } = loaded;
  const room = model.info.maxSequence - 48;
  const shares = [0, 0.125, 0.25, 0.4];
  const rows = shares.map((share) => ({ share, exact: [] as number[], logp: [] as number[], confidence: [] as number[] }));
  let tasks = 0;
  for (let attempt = 0; tasks < Number(values.tasks) && attempt < 100_000; attempt++) {
    const document = documents[random.below(documents.length)]!;
    if (document.text.length > 60_000) continue;
    const lines = [...document.text.matchAll(/^[ \t]+\S[^\n]{12,80}$/gm)];
    const line = lines[random.below(Math.max(1, lines.length))];
    if (!line) continue;
    const neighbours = neighboursOf(document, ofPackage(document.package));
    if (neighbours.length === 0) continue;
    const cuts = [...line[0].matchAll(/(?<=[ (.])\b/g)].map((m) => m.index).filter((at) => at > 4);
    const cut = cuts[random.below(Math.max(1, cuts.length))];
    if (cut === undefined) continue;
    const at = line.index + cut;
    if (values.early && at > 350) continue;
    const prefix = document.text.slice(Math.max(0, at - 6_000), at);
    const suffix = document.text.slice(line.index + line[0].length, line.index + line[0].length + 2_000);
    const truth = line[0].slice(cut);
    const characters = Math.round(room * 0.4 * charactersPerToken);
    const index = new PieceIndex(neighbours.map((n) => cutFile(n, Math.round(room * 0.125 * charactersPerToken))));
    if (index.contextFor({ prefix, suffix }, characters) === '') continue;
    tasks++;
    for (const row of rows) {
      const context = index.contextFor({ prefix, suffix }, Math.round(room * row.share * charactersPerToken));
      const kept = model.countTokens(context);
      const [best] = await model.infill({ prefix, suffix, context, maxTokens: 48, maxLines: 0 });
      row.exact.push(Number(best?.text.trim() === truth.trim()));
      row.confidence.push(best ? Math.exp(best.meanLogp) : 0);
      // The scorer sees 160 tokens: the context takes its share of them by being put before a prefix that is shortened by as much.
      const near = Math.round(160 * 0.6) - Math.round((kept * 160) / room);
      const tail = prefix.slice(-Math.round(near * charactersPerToken));
      const [scored] = await model.score({ prefix: context + tail, suffix, candidates: [truth] });
      row.logp.push(scored!.logp / truth.length);
    }
    if (tasks % 20 === 0) console.error(`${tasks} tasks`);
  }
  await loaded.dispose();
  const [without] = rows;
  for (const { share, exact, logp, confidence } of rows) {
    const gains = logp.map((value, i) => value - without!.logp[i]!);
    const deviation = Math.sqrt(mean(gains.map((g) => (g - mean(gains)) ** 2)) / gains.length);
    console.log(
      JSON.stringify({ share, tasks, exact: mean(exact), nats_per_character: -mean(logp), gain: mean(gains), gain_standard_error: deviation, confidence: mean(confidence) }),
    ); // prettier-ignore
  }
}

void main();
