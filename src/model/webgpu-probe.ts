import { existsSync, readdirSync } from 'node:fs';
import { GraphBuilder } from '../onnx/graph';
import { matMul } from '../onnx/ops';
import { serialize } from '../onnx/serialize';
import { runtime, type Ort } from './runtime';

export type WebgpuProbe = { readonly usable: true } | { readonly usable: false; readonly reason: string };

/** Sides of the matrix products that the probe times: a small one first, since a software renderer needs seconds for the large one. */
const smallSide = 256;
const side = 768;
/** A hardware adapter needs about a millisecond for the small product, launch and all. */
const softwareMs = 20;

/**
 * Is there a WebGPU adapter that is worth using? `insisted`: any adapter will do, however slow (the user asked for it by name); otherwise it must
 * beat the processor on a matrix product, which software renderers do not.
 */
export async function probeWebgpu(insisted: boolean): Promise<WebgpuProbe> {
  const missing = insisted ? null : obviouslyMissing();
  if (missing) return { usable: false, reason: missing };
  try {
    const small = await timeProduct('webgpu', smallSide, 2);
    if (insisted) return { usable: true };
    if (small > softwareMs)
      return {
        usable: false,
        reason: `the WebGPU adapter is a software renderer or very slow (${small.toFixed(0)} ms for a small product)`,
      };
    const gpu = await timeProduct('webgpu', side, 3);
    const cpu = await timeProduct('cpu', side, 3);
    if (gpu < cpu) return { usable: true };
    return {
      usable: false,
      reason: `the WebGPU adapter is slower than the processor (${gpu.toFixed(1)} ms against ${cpu.toFixed(1)} ms for a matrix product)`,
    };
  } catch (error) {
    return { usable: false, reason: describe(error) };
  }
}

/** Looking for a device file costs nothing; starting Dawn without one costs a quarter of a second. */
function obviouslyMissing(): string | null {
  if (process.platform !== 'linux' || process.env['VK_ICD_FILENAMES'] || process.env['VK_DRIVER_FILES']) return null;
  const render = existsSync('/dev/dri') && readdirSync('/dev/dri').some((n) => n.startsWith('renderD'));
  return render || existsSync('/dev/nvidia0') || existsSync('/dev/dxg')
    ? null
    : 'no GPU device was found (/dev/dri, /dev/nvidia0)';
}

/** Best milliseconds of a product of square matrices, after a first run that compiles. */
async function timeProduct(provider: 'webgpu' | 'cpu', side: number, runs: number): Promise<number> {
  const ort = await runtime();
  const g = new GraphBuilder('probe');
  const x = g.input('x', 'float32', [side, side]);
  g.output('y', matMul(g, x, g.initializer('w', 'float32', [side, side], new Float32Array(side * side).fill(1 / side))));
  const session = await ort.InferenceSession.create(serialize(g.build()), {
    executionProviders: [provider],
    logSeverityLevel: 3,
  });
  try {
    const feeds: Record<string, Ort.Tensor> = {
      x: new ort.Tensor('float32', new Float32Array(side * side).fill(1), [side, side]),
    };
    let best = Infinity;
    for (let i = 0; i <= runs; i++) {
      const start = performance.now();
      const { y } = await session.run(feeds);
      const value = (y!.data as Float32Array)[0]!;
      if (Math.abs(value - 1) > 1e-3) throw new Error(`its arithmetic is wrong (${value} for 1)`);
      if (i > 0) best = Math.min(best, performance.now() - start);
    }
    return best;
  } finally {
    await session.release();
  }
}

/** The runtime's own message is a path into its sources; what a person needs is the driver. */
function describe(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (/adapter|Vulkan|vk[A-Z]|D3D|Metal/.test(message)) return 'no WebGPU adapter was found (is a GPU driver installed?)';
  return `WebGPU did not start: ${message.split('\n', 1)[0]!.slice(0, 200)}`;
}
