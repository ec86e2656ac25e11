import { execFileSync } from 'node:child_process';

/** The interpreter that has PyTorch: Debian's, unless another is named. Fails where there is none: the kernels are to be tested everywhere. */
export const python = process.env['UNMASK_PYTHON'] ?? '/usr/bin/python3';

export function requireTorch(): void {
  try {
    execFileSync(python, ['-c', 'import numpy, torch']);
  } catch (cause) {
    throw new Error(
      `${python} has no PyTorch: run "npm run setup -- --host", which installs python3-torch, or set UNMASK_PYTHON.`,
      { cause },
    );
  }
}
