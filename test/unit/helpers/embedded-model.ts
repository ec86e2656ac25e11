import type { CodeModel } from '../../../src/diffusion/code-model';
import { loadCodeModel, type LoadedCodeModel } from '../../../src/diffusion/load';
import { openGate } from '../../../src/diffusion/run-gate';
import { embeddedModelFolder } from './model-folder';

/** The embedded model on one thread for the tests of a suite: to be called in `describe`, and read in its tests. */
export function useEmbeddedModel(): { readonly model: CodeModel } {
  let loaded: LoadedCodeModel;
  before(async () => {
    loaded = await loadCodeModel({ dir: embeddedModelFolder, device: 'cpu', threads: 1, gate: openGate });
  });
  after(() => loaded.dispose());
  return {
    get model() {
      return loaded.model;
    },
  };
}
