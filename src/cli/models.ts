import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { CliError, exit } from './exit';
import type { Output } from './output';
import { engineOptions, withEngine, type EngineFlags } from './session';

/** Folder of the models that come with Unmask: beside dist/. */
const modelAssets = [path.join(__dirname, '..', 'model-assets'), path.join(__dirname, '..', '..', 'model-assets')];

/** `unmask models`: the models at hand, each really loaded once, so that what is printed is true of this machine. */
export async function models(flags: EngineFlags, output: Output): Promise<number> {
  const folders = flags.model === undefined ? embeddedFolders() : [path.resolve(flags.model)];
  const found: object[] = [];
  const lines: string[] = [];
  for (const folder of folders) {
    if (!existsSync(folder)) throw new CliError(`There is no model folder at ${folder}.`);
    const options = engineOptions({ ...flags, model: folder }, output);
    const info = await withEngine(options, (client, signal) => client.start(signal));
    if (!info.model) throw new CliError(`${folder} holds no model.`);
    const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);
    const embedded = flags.model === undefined;
    found.push({ ...info.model, folder, bytes, embedded, device: info.device, readyMs: info.readyMs });
    lines.push(
      `${info.model.id}${embedded ? ' (embedded)' : ''}\n` +
        `  folder        ${folder} (${(bytes / 2 ** 20).toFixed(1)} MiB)\n` +
        `  parameters    ${(info.model.parameters / 1e6).toFixed(2)} million\n` +
        `  canvas        ${info.model.maxSequence} tokens\n` +
        `  capabilities  ${info.model.capabilities.join(', ')}\n` +
        `  device        ${info.device.inUse}: ${info.device.description}${info.device.reason === undefined ? '' : ` (${info.device.reason})`}\n`,
    );
  }
  output.result({ status: 'ok', models: found }, () => lines.join('\n'));
  return exit.ok;
}

function embeddedFolders(): string[] {
  const assets = modelAssets.find((folder) => existsSync(folder));
  if (assets === undefined) throw new CliError('The embedded model is missing. Install Unmask again.');
  return readdirSync(assets, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(path.join(assets, entry.name, 'config.json')))
    .map((entry) => path.join(assets, entry.name));
}
