// Runs the tests inside a real VS Code: node scripts/test-host.mjs [trusted|untrusted]
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { setupHost } from './setup-host.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
setupHost();
for (const args of [['scripts/build.mjs'], ['--import', 'tsx', 'test/host/driver/run.ts', ...process.argv.slice(2)]]) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
