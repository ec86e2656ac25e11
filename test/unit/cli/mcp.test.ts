import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { completeResult } from '../../../src/protocol/messages';
import { brokenProject, type BrokenProject } from '../helpers/broken-project';
import { ensureBundles, root } from '../helpers/bundles';
import { processesWith, until } from '../helpers/processes';

const marker = `unmask-mcp-${process.pid}-${Date.now()}`;

/** The first text of a result, as the agent's model reads it. */
function said(result: CallToolResult): string {
  const [first] = result.content;
  return first?.type === 'text' ? first.text : '';
}

describe('unmask mcp', function () {
  this.timeout(120_000);
  let project: BrokenProject;
  let client: Client;
  const call = async (
    name: string,
    args: Record<string, unknown>,
    options: Parameters<Client['callTool']>[2] = {},
  ): Promise<CallToolResult> =>
    (await client.callTool({ name, arguments: args }, undefined, { timeout: 100_000, ...options })) as CallToolResult;

  before(async () => {
    ensureBundles();
    project = brokenProject();
    client = new Client({ name: 'test', version: '1' });
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [path.join(root, 'bin', 'unmask.js'), 'mcp', '--device', 'cpu'],
        cwd: project.root,
        env: { ...(process.env as Record<string, string>), MARKER: marker },
      }),
    );
  });
  after(async () => {
    await client.close();
    project.dispose();
    if (process.platform === 'linux') await until('no process is left', () => processesWith(marker).length === 0);
  });

  it('lists its tools with schemas and with what they may do, and starts no engine for that', async () => {
    const { tools } = await client.listTools();
    assert.deepEqual(tools.map(({ name }) => name).sort(), ['unmask_edit', 'unmask_fix', 'unmask_infill']);
    const [fix, infill] = ['unmask_fix', 'unmask_infill'].map((name) => tools.find((tool) => tool.name === name)!);
    assert.deepEqual(fix!.inputSchema.required, ['file']);
    const apply = fix!.inputSchema.properties?.['apply'] as { type?: unknown; default?: unknown } | undefined;
    assert.deepEqual([apply?.type, apply?.default], ['boolean', false]);
    assert.match(fix!.annotations?.title ?? '', /runs the project's tests/);
    assert.equal(fix!.annotations?.readOnlyHint, false);
    assert.equal(infill!.annotations?.readOnlyHint, true);
    assert.ok(fix!.outputSchema && infill!.outputSchema);
    if (process.platform === 'linux')
      assert.equal(processesWith('dist/engine.js').filter((pid) => processesWith(marker).includes(pid)).length, 0);
  });

  it('edits lines by an instruction, and writes only when told to', async () => {
    const args = { file: project.file, instruction: 'rename half to middle', range: { start: 4, end: 7 } };
    const looked = await call('unmask_edit', args);
    assert.equal(looked.isError, undefined, said(looked));
    const found = looked.structuredContent as Record<string, unknown>;
    assert.deepEqual([found['status'], found['how'], found['applied']], ['edited', 'known', false]);
    assert.match(said(looked), /known edit "Rename half to middle", not by the model/);
    assert.match(said(looked), /^\+.*place - middle/m);
    assert.equal(readFileSync(project.file, 'utf8'), project.source);
    const refused = await call('unmask_edit', { ...args, instruction: 'rename half to place', apply: true });
    assert.equal((refused.structuredContent as Record<string, unknown>)['status'], 'refused', said(refused));
    const applied = await call('unmask_edit', { ...args, apply: true });
    assert.equal((applied.structuredContent as Record<string, unknown>)['applied'], true);
    assert.equal(readFileSync(project.file, 'utf8'), project.source.replaceAll('half', 'middle'));
    writeFileSync(project.file, project.source);
  });

  it('fills a gap of a file, and of texts, and writes nothing', async () => {
    const lines = project.source.split('\n');
    const line = lines.findIndex((text) => text.includes('Math.min')) + 1;
    const column = lines[line - 1]!.indexOf('Math.min') + 1;
    const inFile = await call('unmask_infill', {
      file: path.join('src', 'seats.js'),
      start: { line, column },
      end: { line, column: column + 'Math.min'.length },
      minConfidence: 0,
    });
    assert.equal(inFile.isError, undefined, said(inFile));
    const found = completeResult.parse(inFile.structuredContent);
    assert.ok(found.text !== null && found.steps > 0);
    assert.equal(said(inFile), found.text);
    const prefix = project.source.slice(0, project.source.indexOf('Math.min'));
    const suffix = project.source.slice(prefix.length + 'Math.min'.length);
    const inTexts = await call('unmask_infill', { prefix, suffix, languageId: 'javascript', minConfidence: 0 });
    assert.equal(completeResult.parse(inTexts.structuredContent).text, found.text, 'the same gap, the same answer');
    const silent = await call('unmask_infill', { prefix: 'qzx ', suffix: ' vvk', minConfidence: 1 });
    assert.equal(completeResult.parse(silent.structuredContent).text, null);
    assert.match(said(silent), /^No infill: .*minConfidence/);
    assert.equal(readFileSync(project.file, 'utf8'), project.source);
  });

  it('calls what cannot be done a tool error that says what mends it', async () => {
    const errors: readonly [Record<string, unknown>, RegExp][] = [
      [{}, /either `file` and `start`, or `prefix` and `suffix`/],
      [{ file: 'src/seats.js' }, /give `start`/],
      [{ file: 'src/none.js', start: { line: 1, column: 1 } }, /no file .*none\.js.*absolute path/],
      [{ file: 'src/seats.js', start: { line: 99, column: 1 } }, /there is no line 99/],
      [{ file: 'src/seats.js', start: { line: 3, column: 1 }, end: { line: 2, column: 1 } }, /before `start`/],
      [{ prefix: '', suffix: '', maxLines: 0 }, /maxLines/],
    ];
    for (const [args, message] of errors) {
      const result = await call('unmask_infill', args);
      assert.equal(result.isError, true);
      assert.match(said(result), message);
    }
    const fix = await call('unmask_fix', { file: 'nowhere.js' });
    assert.equal(fix.isError, true);
    assert.match(said(fix), /no file/);
  });

  it('cancels: the search ends, nothing of it runs on, and the server still answers', async () => {
    const controller = new AbortController();
    const asked = call(
      'unmask_fix',
      { file: 'src/seats.js', testCommand: 'sleep 61', apply: true },
      {
        signal: controller.signal,
        onprogress: ({ message }) => {
          const stop = (): void => {
            controller.abort('called off');
          };
          if (message?.includes('Running the tests') === true) setTimeout(stop, 300);
        },
      },
    );
    await assert.rejects(asked, /called off/);
    if (process.platform === 'linux') await until('the tests are gone', () => processesWith('sleep 61').length === 0);
    assert.equal(readFileSync(project.file, 'utf8'), project.source);
    assert.equal((await call('unmask_infill', { prefix: 'return ', suffix: ';' })).isError, undefined);
  });

  it('fixes by proof of the tests, tells its progress, and writes only when told to', async () => {
    const progress: number[] = [];
    const onprogress = (report: { readonly progress: number }): void => {
      progress.push(report.progress);
    };
    const looked = await call('unmask_fix', { file: project.file }, { onprogress });
    assert.equal(looked.isError, undefined, said(looked));
    const found = looked.structuredContent as Record<string, unknown>;
    assert.equal(found['status'], 'fixed', said(looked));
    assert.equal(found['applied'], false);
    assert.match(String(found['diff']), /^\+.*Math\.max/m);
    assert.match(said(looked), /proof: /);
    assert.match(said(looked), /apply: true/);
    assert.equal(found['newText'], undefined);
    assert.ok(progress.length > 3 && progress.every((value, i) => i === 0 || value > progress[i - 1]!), progress.join(' '));
    assert.equal(readFileSync(project.file, 'utf8'), project.source);

    const applied = await call('unmask_fix', { file: project.file, apply: true });
    assert.equal((applied.structuredContent as Record<string, unknown>)['applied'], true, said(applied));
    assert.match(readFileSync(project.file, 'utf8'), /Math\.max\(0, place - half\)/);

    const again = await call('unmask_fix', { file: project.file, apply: true });
    assert.equal((again.structuredContent as Record<string, unknown>)['status'], 'no-failing-test');
  });
});
