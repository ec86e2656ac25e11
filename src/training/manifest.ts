/** The manifest of a model that was trained on from another's weights. */
import path from 'node:path';
import { readManifest } from '../diffusion/load';
import { writeFileAtomically } from '../model/atomic-file';

/** Writes what the other's says, but for what its other weights do, which are not trained along; and what was taught. Throws ModelError if there is none that can be read. */
export async function passOnManifest(from: string, folder: string, taught: readonly string[] = []): Promise<void> {
  const { instructed, ...manifest } = await readManifest(from);
  const own = manifest.capabilities.filter((c) => instructed === undefined || c !== 'revise');
  const text = JSON.stringify({ ...manifest, capabilities: [...new Set([...own, ...taught])] });
  await writeFileAtomically(path.join(folder, 'manifest.json'), [Buffer.from(`${text}\n`)]);
}
