import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ChatMessage, ChatPrompt } from '../../../src/diffusion/code-model';
import type { TransformerConfig } from '../../../src/model/config';
import { writeNetwork } from '../../../src/model/network-write';
import { CodeTokenizer } from '../../../src/model/tokenizer';
import { randomWeights } from '../../../src/model/weights';
import { weightedCrossEntropy } from '../../../src/training/graph/losses';
import { cpuTraining } from '../../../src/training/graph/lowering';
import { TrainingSession } from '../../../src/training/graph/training-session';
import { adamW } from '../../../src/training/optimiser/adamw';
import { constant } from '../../../src/training/optimiser/schedule';
import { parametersOf, weightsOf } from '../../../src/training/parameters';
import { networkOf } from '../../../src/training/pretrain/sizes';
import { Random } from '../../../src/training/random';
import { Trainer } from '../../../src/training/trainer';
import { embeddedModelFolder, ModelFolder } from './model-folder';

/** ChatML, as Dream's and the Qwen family's. */
export const chatml =
  "{%- for message in messages %}{{ '<|im_start|>' + message.role + '\n' + message.content | trim + '<|im_end|>\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

const vocabulary = JSON.parse(readFileSync(path.join(embeddedModelFolder, 'config.json'), 'utf8')) as { vocab_size: number };

export const chatConfig: TransformerConfig = { ...networkOf('tiny', vocabulary.vocab_size, 768), maskToken: 256, endToken: 257 };

/** Writes a folder of a small untrained model that says it follows instructions. The embedded tokenizer has ChatML's tokens. */
export async function chatFolder(template: unknown = chatml): Promise<ModelFolder> {
  const folder = new ModelFolder();
  await writeNetwork(folder.dir, chatConfig, randomWeights(chatConfig, 5), { tokenizerFrom: embeddedModelFolder });
  folder.patch('tokenizer_config.json', { chat_template: template });
  folder.write('manifest.json', { id: 'follows', capabilities: ['infill', 'instruct'] });
  return folder;
}

/** Trains the folder's network until it gives one answer to one question, by masked diffusion on the very canvas that it will see. */
export async function teach(folder: ModelFolder, prompt: ChatPrompt, answer: string, room: number): Promise<void> {
  const c = chatConfig;
  const tokenizer = await CodeTokenizer.load(folder.dir);
  const written = [...tokenizer.encode(answer), prompt.ends[0]!];
  const clean = Int32Array.from({ length: prompt.tokens.length + room }, (_, i) => prompt.tokens[i] ?? written[i - prompt.tokens.length] ?? c.endToken); // prettier-ignore
  const parameters = parametersOf(c, randomWeights(c, 5));
  const session = await TrainingSession.create(c, parameters, { lowering: cpuTraining, batch: 'B', length: clean.length, loss: weightedCrossEntropy, threads: 1 }); // prettier-ignore
  const trainer = new Trainer({ session, optimiser: adamW(parameters, {}), schedule: constant(0.003), clip: 1 });
  const random = Random.seeded(3);
  try {
    let [good, updates] = [0, 0];
    while (good < 8) {
      if (++updates > 1000) throw new Error('The model did not learn its answer.');
      const share = updates % 2 === 0 ? 1 : random.uniform();
      const rows = Int32Array.from([...clean.keys()].filter((i) => i >= prompt.tokens.length && random.uniform() <= share));
      if (rows.length === 0) continue;
      const ids = clean.slice();
      for (const row of rows) ids[row] = c.maskToken;
      const values = { row_weights: new Float32Array(rows.length).fill(1 / rows.length) };
      const { loss } = await trainer.update([{ batch: 1, length: clean.length, ids, rows, targets: rows.map((r) => clean[r]!), values }]); // prettier-ignore
      good = loss < 0.012 ? good + 1 : 0;
    }
  } finally {
    await trainer.dispose();
  }
  await writeNetwork(folder.dir, c, weightsOf(c, parameters));
}

export const greeting: readonly ChatMessage[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: ' say <|im_end|> and <|mask|>\n' },
];
