import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { closeAll, inWorkspace, openAt, testPasses, until } from './support/editor';
import { engines, engineWorkers } from './support/processes';

const onDisk = (file: string): string => readFileSync(inWorkspace(file), 'utf8');

/** Calls a tool as an agent does. In tests VS Code takes every question as answered with yes. */
async function call(name: string, input: object, token?: vscode.CancellationToken): Promise<string> {
  const result = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined }, token);
  return result.content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
}

export function agentTests(): void {
  describe('tools for agents', () => {
    /** What a test writes is taken back, so that the others find the samples as they are. */
    const files = ['src/text.js', 'src/stats.js', 'src/inventory.js'];
    const before = new Map<string, string>();
    beforeEach(() => {
      for (const file of files) before.set(file, onDisk(file));
    });
    afterEach(async () => {
      await closeAll();
      for (const [file, text] of before) writeFileSync(inWorkspace(file), text);
    });

    it('are there with their schemas', () => {
      const ours = vscode.lm.tools.filter(({ name }) => name.startsWith('unmask_'));
      assert.deepEqual(ours.map(({ name }) => name).sort(), ['unmask_edit', 'unmask_fix', 'unmask_infill']);
      for (const { description, inputSchema } of ours) assert(description.length > 100 && inputSchema);
    });

    it('unmask_infill fills a gap, and says what is wrong with a call', async () => {
      const gap = { prefix: 'for (let i = 0; i < ', suffix: '; i++) {\n  use(list[i]);\n}\n', minConfidence: 0 };
      assert.notEqual((await call('unmask_infill', gap)).trim(), '');
      await assert.rejects(call('unmask_infill', { prefix: 'a' }), /prefix.*suffix/);
      await assert.rejects(call('unmask_infill', { file: 'src/stats.js', start: { line: 99_999, column: 1 } }), /no line 99999/);
      await assert.rejects(call('unmask_infill', { file: '../../../etc/passwd', start: { line: 1, column: 1 } }), /no file/);
    });

    it('unmask_edit edits by an instruction; written only where asked, and saved', async () => {
      const text = onDisk('src/stats.js');
      const input = { file: 'src/stats.js', instruction: 'rename sorted to ascending' };
      const told = await call('unmask_edit', input);
      assert(told.includes('ascending'), told);
      assert.equal(onDisk('src/stats.js'), text);
      const written = await call('unmask_edit', { ...input, apply: true });
      assert(written.includes('Written to'), written);
      assert(onDisk('src/stats.js').includes('const ascending = '));
    });

    it('unmask_edit does not save what the user has not saved', async () => {
      const text = onDisk('src/stats.js');
      const editor = await openAt('src/stats.js', "'use strict';");
      assert(
        await editor.edit((edit) => {
          edit.insert(new vscode.Position(0, 0), '// mine\n');
        }),
      );
      await call('unmask_edit', { file: inWorkspace('src/stats.js'), instruction: 'rename sorted to ascending', apply: true });
      assert(editor.document.getText().startsWith('// mine\n') && editor.document.getText().includes('const ascending = '));
      assert(editor.document.isDirty);
      assert.equal(onDisk('src/stats.js'), text);
    });

    it('unmask_fix finds a fix that the tests prove, and writes it where asked', async () => {
      const failing = 'does not promise what is not sold any more';
      assert.equal(await testPasses(failing), false);
      const told = await call('unmask_fix', { file: 'src/inventory.js', budget: 'deep', apply: true });
      assert(told.startsWith('Fixed by a candidate from') && told.includes('Written to'), told);
      assert.equal(await testPasses(failing), true);
    });

    it('unmask_fix called off: ends its tests, and writes nothing', async () => {
      const text = onDisk('src/text.js');
      const source = new vscode.CancellationTokenSource();
      const running = call('unmask_fix', { file: 'src/text.js', budget: 'deep', apply: true }, source.token);
      const ended = assert.rejects(running);
      await until('tests run below the engine', () => engineWorkers().length > 0);
      source.cancel();
      await ended;
      await until('everything below the engine is gone', () => engineWorkers().length === 0);
      assert.equal(engines().length, 1, 'the engine itself goes on');
      assert.equal(onDisk('src/text.js'), text);
      source.dispose();
    });
  });
}
