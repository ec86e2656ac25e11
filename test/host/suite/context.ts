import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { NeighbourContext } from '../../../src/editor/completion/context/neighbours';
import { closeAll, inWorkspace, until } from './support/editor';

export function contextTests(): void {
  describe('context of completions', () => {
    const folder = inWorkspace('neighbours');
    const outside = path.join(inWorkspace(), '..', 'outside.js');
    const log = vscode.window.createOutputChannel('Unmask test', { log: true });
    let neighbours: NeighbourContext;
    const declaring = (name: string): string => `export function ${name}(duration, rounding) {\n  return duration;\n}\n`;

    before(() => {
      neighbours = new NeighbourContext(log);
      mkdirSync(folder);
      writeFileSync(path.join(folder, 'near.js'), declaring('nearHelper'));
      writeFileSync(path.join(folder, 'hidden.js'), declaring('hiddenHelper'));
      writeFileSync(path.join(folder, 'secret.js'), declaring('secretHelper'));
      writeFileSync(path.join(folder, 'recent.js'), declaring('recentHelper'));
      writeFileSync(outside, declaring('outsideHelper'));
      symlinkSync(outside, path.join(folder, 'linked.js'));
    });
    after(async () => {
      neighbours.dispose();
      log.dispose();
      await closeAll();
      await vscode.workspace
        .getConfiguration('unmask')
        .update('completion.exclude', undefined, vscode.ConfigurationTarget.Global);
      await vscode.workspace.getConfiguration('files').update('exclude', undefined, vscode.ConfigurationTarget.Workspace);
      rmSync(folder, { recursive: true });
      rmSync(outside);
    });

    it('is of imported files and of those edited lately, never of excluded ones or from outside of the workspace', async () => {
      await vscode.workspace
        .getConfiguration('unmask')
        .update('completion.exclude', ['**/secret.js'], vscode.ConfigurationTarget.Global);
      await vscode.workspace
        .getConfiguration('files')
        .update('exclude', { '**/hidden.js': true }, vscode.ConfigurationTarget.Workspace);
      const names = ['near', 'hidden', 'secret', 'linked'];
      const imports = [
        ...names.map((name) => `import { ${name}Helper } from './${name}';`),
        "import { outsideHelper } from '../../outside';",
      ];
      const file = path.join(folder, 'main.js');
      const prefix = `${imports.join('\n')}\nconst a = Helper(duration, `;
      writeFileSync(file, `${prefix});\n`);
      const recent = await vscode.window.showTextDocument(vscode.Uri.file(path.join(folder, 'recent.js')));
      await recent.edit((edit) => {
        edit.insert(new vscode.Position(0, 0), '// edited\n');
      });
      const document = await vscode.workspace.openTextDocument(file);
      const context = await until('the neighbours are read', () => neighbours.contextFor(document, { prefix, suffix: ');\n' }, 4_000) || undefined); // prettier-ignore
      assert.match(context, /function nearHelper/);
      assert.match(context, /function recentHelper/);
      for (const name of ['hidden', 'secret', 'outside']) assert.doesNotMatch(context, new RegExp(`function ${name}Helper`));
    });
  });
}
