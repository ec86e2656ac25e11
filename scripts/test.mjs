// Everything that must hold: types, lint, the tests inside a real VS Code, then unit and browser tests in one mocha run,
// whose summary is the last thing printed. Stops at the first step that fails.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { root, setup } from './setup.mjs';

function step(title, file, ...args) {
  console.log(`\n[test] ${title}`);
  const { status, signal } = spawnSync(process.execPath, [path.join(root, file), ...args], { cwd: root, stdio: 'inherit' });
  if (status === 0) return;
  console.error(`[test] ${title}: failed (${signal ?? `exit code ${status}`})`);
  process.exit(status ?? 1);
}

await setup({ host: true });
step('types', 'node_modules/typescript/bin/tsc', '-p', '.');
step("types of web views' scripts", 'node_modules/typescript/bin/tsc', '-p', 'src/editor/denoising/web');
step('lint', 'node_modules/eslint/bin/eslint.js', '.');
step('format', 'node_modules/prettier/bin/prettier.cjs', '--check', '.');
step('tests inside VS Code', 'scripts/test-host.mjs');
step('unit and browser tests', 'node_modules/mocha/bin/mocha.js', 'test/unit/**/*.test.ts', 'test/browser/**/*.test.ts');
