// npm run demo [-- --mutate SEED] [--json] ...: sets up what is missing, then runs scripts/demo.ts.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { root, setup } from './setup.mjs';

await setup();
const { status } = spawnSync(
  process.execPath,
  ['--import', 'tsx', path.join(root, 'scripts', 'demo.ts'), ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
process.exitCode = status ?? 1;
