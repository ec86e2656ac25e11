import { existsSync } from 'node:fs';

/** The software Vulkan driver that Debian's chromium brings: a GPU path for machines without a GPU. */
const driver = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** Environment in which WebGPU finds SwiftShader. Fails where that is not installed: the GPU path is to be tested everywhere. */
export function swiftshaderEnvironment(): Record<string, string> {
  if (!existsSync(driver))
    throw new Error(`${driver} is missing: run "npm run setup -- --host", which installs chromium and libvulkan1.`);
  return { VK_ICD_FILENAMES: driver };
}

/** Environment in which no Vulkan driver is found, whatever the machine has. */
export const noDriverEnvironment: Record<string, string> = { VK_ICD_FILENAMES: '/nonexistent/icd.json' };
