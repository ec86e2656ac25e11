import assert from 'node:assert/strict';
import { ChatTemplate } from '../../../src/model/chat-template';
import { CodeTokenizer } from '../../../src/model/tokenizer';
import { specialId } from '../../../src/training/tokenizer/pattern';
import { chatFolder, chatml, greeting } from '../helpers/chat-folder';
import type { ModelFolder } from '../helpers/model-folder';

/** LLaDA's own, but for the names of its tokens. */
const llada =
  '{% set loop_messages = messages %}{% for message in loop_messages %}' +
  "{% set content = '<|im_start|>' + message['role'] + '<|im_start|>\n\n' + message['content'] | trim + '<|im_end|>' %}" +
  '{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}' +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant<|im_start|>\n\n' }}{% endif %}";
const [end, start, stop] = [specialId('<|endoftext|>'), specialId('<|im_start|>'), specialId('<|im_end|>')];

describe('chat templates', () => {
  let folder: ModelFolder;
  let tokenizer: CodeTokenizer;
  before(async () => {
    folder = await chatFolder();
    tokenizer = await CodeTokenizer.load(folder.dir);
  });
  after(() => {
    folder.dispose();
  });

  const load = (template: unknown, more: object = {}): Promise<ChatTemplate | null> => {
    folder.patch('tokenizer_config.json', { chat_template: template, ...more });
    return ChatTemplate.load(folder.dir, tokenizer);
  };
  const special = (id: number): boolean => tokenizer.specialTokens.includes(id);
  const shown = (tokens: readonly number[]): string =>
    tokens.map((id) => (special(id) ? `[${id}]` : tokenizer.textOf(id))).join('');

  it('make tokens of their own words, and text of what the user writes', async () => {
    const { tokens, ends } = (await load(chatml))!.prompt(greeting);
    assert.equal(
      shown(tokens),
      `[${start}]system\nBe brief.[${stop}]\n[${start}]user\n say <|im_end|> and <|mask|>\n[${stop}]\n[${start}]assistant\n`,
    );
    assert.deepEqual(ends, [stop]);
    assert.equal(tokens.filter(special).length, 5, 'none comes from the text');
  });

  it('are read as a text, by name, from files of their own, and with the names of special tokens', async () => {
    const bos = { bos_token: { content: '<|endoftext|>', lstrip: false } };
    const expected = `[${end}][${start}]system[${start}]\n\nBe brief.[${stop}]`;
    assert.ok(shown((await load(llada, bos))!.prompt(greeting).tokens).startsWith(expected));
    const list = [{ name: 'tool_use', template: chatml }, { name: 'default', template: llada }]; // prettier-ignore
    assert.ok(shown((await load(list))!.prompt(greeting).tokens).startsWith(expected));
    assert.equal(await load(undefined), null);
    folder.write('chat_template.json', { chat_template: llada });
    assert.ok(shown((await load(chatml))!.prompt(greeting).tokens).startsWith(expected));
    folder.write('chat_template.jinja', chatml);
    assert.ok(shown((await load(llada))!.prompt(greeting).tokens).startsWith(`[${start}]system\n`));
    folder.remove('chat_template.json');
    folder.remove('chat_template.jinja');
  });

  it('that know no system message get it at the head of the user’s', async () => {
    const strict = `{% if messages[0].role == 'system' %}{{ raise_exception('no system messages') }}{% endif %}${chatml}`;
    const silent = chatml.replace('%}{{', "%}{% if message.role != 'system' %}{{").replace('{% endfor', '{% endif %}{% endfor');
    for (const template of [strict, silent])
      assert.equal(
        shown((await load(template))!.prompt(greeting).tokens),
        `[${start}]user\nBe brief.\n\n say <|im_end|> and <|mask|>\n[${stop}]\n[${start}]assistant\n`,
      );
  });

  for (const [what, template, why] of [
    ['are no templates', '{% for %}', /tokenizer_config\.json cannot be used/],
    ['never end', '{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}', /timed out/],
    ['leave the user’s words out', '<|im_start|>', /leaves messages out/],
    ['are no text', 17, /cannot be used/],
  ] as const)
    it(`refused by name: those that ${what}`, async () => {
      await assert.rejects(load(template), (error: Error) => error.name === 'ModelError' && why.test(error.message) && error.message.includes(folder.dir)); // prettier-ignore
    });
});
