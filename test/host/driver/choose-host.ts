import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium, codeServer, codeServerNode } from './paths';

export interface Host {
  readonly kind: 'explicit' | 'code-server' | 'download';
  readonly executable: string;
}

/** The VS Code to test in: UNMASK_VSCODE, else what scripts/setup-host.mjs installed, else a download, else an error that says what to do. */
export async function chooseHost(): Promise<Host> {
  const explicit = process.env['UNMASK_VSCODE'];
  if (explicit !== undefined) {
    if (!existsSync(explicit)) throw new Error(`UNMASK_VSCODE is ${explicit}, but there is no such file.`);
    return { kind: 'explicit', executable: explicit };
  }
  if ([codeServer, codeServerNode, chromium].every((file) => existsSync(file)))
    return { kind: 'code-server', executable: path.join(__dirname, 'launch.cjs') };
  try {
    return { kind: 'download', executable: await downloadAndUnzipVSCode() };
  } catch (error) {
    throw new Error(
      'There is no VS Code to test in: run "node scripts/setup-host.mjs" (Linux x64), or set UNMASK_VSCODE to a VS Code executable. ' +
        'A download was tried and failed.',
      { cause: error },
    );
  }
}
