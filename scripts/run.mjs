// Sets up what is missing, then runs one of the TypeScript scripts: node scripts/run.mjs NAME [arguments of the script]
import { spawn } from 'node:child_process';
import path from 'node:path';
import { root, setup } from './setup.mjs';

const [name, ...args] = process.argv.slice(2);
await setup();
const child = spawn(process.execPath, ['--import', 'tsx', path.join(root, 'scripts', `${name}.ts`), ...args], {
  cwd: root,
  stdio: 'inherit',
});
// The script itself cleans up on these; this process only waits for it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => (process.exitCode = code ?? 1));
