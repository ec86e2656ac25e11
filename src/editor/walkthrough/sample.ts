/** A copy of the sample that the walkthrough repairs. No editor in it. */
import { cp, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';

/** The part of the samples that needs nothing installed: its tests run by Node itself. */
const source = path.join('samples', 'node-test');
const name = 'unmask-sample';

/** The broken file of the sample, and what stands at the fault. */
export const sampleFault = { file: path.join('src', 'paging.js'), text: 'clamp(page, count, 1)' };

/** Copies the sample into a new folder below `parent`, and gives that folder. What is there already stays as it is. */
export async function copySample(extensionPath: string, parent: string): Promise<string> {
  await mkdir(parent, { recursive: true });
  const taken = new Set(await readdir(parent));
  let folder = name;
  for (let n = 2; taken.has(folder); n++) folder = `${name}-${n}`;
  const target = path.join(parent, folder);
  await cp(path.join(extensionPath, source), target, { recursive: true, errorOnExist: true, force: false });
  return target;
}
