import type { CodeModel } from '../../../src/diffusion/code-model';

/** A model that answers what is given here, for tests of what is made of answers; asked anything else it fails. */
export function answering(answers: Partial<CodeModel>): CodeModel {
  const never = (): Promise<never> => Promise.reject(new Error('not asked here'));
  return {
    info: { id: 'answering', parameters: 0, maxSequence: 256, capabilities: ['infill'], device: 'none' },
    countTokens: (text) => text.length,
    surprise: never,
    score: never,
    complete: never,
    rewrite: never,
    infill: never,
    ...answers,
  };
}
