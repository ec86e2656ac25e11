// npm start: opens the samples in a VS Code that runs this checkout as its extension: desktop VS Code where `code` is on the
// PATH, else VS Code in the browser (code-server) at a printed address.
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { root, setup } from './setup.mjs';

const samples = path.join(root, 'samples');
const shell = process.platform === 'win32';
const wantsServer = process.argv.includes('--server');
const hasDesktop = !wantsServer && spawnSync('code', ['--version'], { stdio: 'ignore', shell }).status === 0;

await setup({ host: !hasDesktop });
if (hasDesktop) {
  console.log('[start] desktop VS Code, with the samples: open src/text.js, right-click, "Unmask: Reason and Fix"');
  spawnSync('code', ['--new-window', `--extensionDevelopmentPath=${root}`, samples], { stdio: 'inherit', shell });
} else {
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(root, 'scripts', 'start-server.ts')], {
    cwd: root,
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => (process.exitCode = code ?? 0));
}
