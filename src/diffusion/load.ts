// Placeholder until the loader lands; it has this signature.
import type { CodeModel } from './code-model';
import type { RunGate } from './run-gate';
export interface LoadOptions {
  readonly dir: string;
  readonly device: 'auto' | 'cpu' | 'webgpu';
  readonly threads: number;
  readonly gate?: RunGate;
  readonly signal?: AbortSignal;
  readonly randomSeed?: number;
}
export interface LoadedCodeModel {
  readonly model: CodeModel;
  readonly device: {
    inUse: 'cpu' | 'webgpu';
    asked: 'auto' | 'cpu' | 'webgpu';
    description: string;
    reason?: string | undefined;
  };
  dispose(): Promise<void>;
}
export function loadCodeModel(_options: LoadOptions): Promise<LoadedCodeModel> {
  return Promise.reject(new Error('not written yet'));
}
