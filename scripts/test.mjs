// Everything that must hold: types, lint, format, the tests inside a real VS Code, then unit and browser tests in one mocha run, whose summary is the last thing
// printed. The tests inside VS Code mostly wait, so what is checked without running it is checked beside them, and gives way to them.
import { spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { root, setup } from './setup.mjs';

/** Runs a script, showing its output at once, or (`apart`) with its title when it has ended. Rejects where it fails. */
function step(title, { apart = false } = {}, file, ...args) {
  const stdio = apart ? ['ignore', 'pipe', 'pipe'] : 'inherit';
  if (!apart) console.log(`\n[test] ${title}`);
  const child = spawn(process.execPath, [path.join(root, file), ...args], { cwd: root, stdio });
  if (apart && child.pid !== undefined) os.setPriority(child.pid, os.constants.priority.PRIORITY_BELOW_NORMAL);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (output += data));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => {
      if (apart) console.log(`\n[test] ${title}\n${output}`.trimEnd());
      if (status === 0) resolve();
      else reject(new Error(`[test] ${title}: failed (${signal ?? `exit code ${status}`})`));
    });
  });
}

async function checks() {
  const apart = { apart: true };
  await step('types', apart, 'node_modules/typescript/bin/tsc', '-p', '.');
  await step("types of web views' scripts", apart, 'node_modules/typescript/bin/tsc', '-p', 'src/editor/denoising/web');
  await step('lint', apart, 'node_modules/eslint/bin/eslint.js', '.');
  await step('format', apart, 'node_modules/prettier/bin/prettier.cjs', '--check', '.');
}

await setup({ host: true });
try {
  // Both are waited for, so that nothing is left running where one fails.
  for (const { reason } of await Promise.allSettled([step('tests inside VS Code', {}, 'scripts/test-host.mjs'), checks()]))
    if (reason !== undefined) throw reason;
  await step(
    'unit and browser tests',
    {},
    'node_modules/mocha/bin/mocha.js',
    'test/unit/**/*.test.ts',
    'test/browser/**/*.test.ts',
  );
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
