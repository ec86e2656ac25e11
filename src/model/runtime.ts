/** The only file that loads onnxruntime-node: lazily, since the native library costs a tenth of a second and not every process needs it. */
import type * as Ort from 'onnxruntime-node';

export type { Ort };

let loaded: Promise<typeof Ort> | undefined;

export function runtime(): Promise<typeof Ort> {
  loaded ??= import('onnxruntime-node');
  return loaded;
}
