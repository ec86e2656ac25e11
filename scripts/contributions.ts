/**
 * node --import tsx scripts/contributions.ts: writes into package.json what is told in code, so that the two never drift apart: the tools for agents
 * with their schemas. A unit test fails where this was not run.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import * as z from 'zod';
import { tools } from '../src/protocol/tools';

const manifestFile = path.join(__dirname, '..', 'package.json');

/** `contributes.languageModelTools`, as VS Code wants it. */
export function languageModelTools(): object[] {
  return tools.map(({ name, description, input }) => {
    const short = name.replace(/^unmask_/, '');
    const inputSchema = z.toJSONSchema(input, { io: 'input', target: 'draft-7' });
    delete inputSchema.$schema;
    return {
      name,
      displayName: `%tool.${short}%`,
      modelDescription: description,
      userDescription: `%tool.${short}.description%`,
      toolReferenceName: `unmask-${short}`,
      canBeReferencedInPrompt: true,
      icon: '$(wand)',
      tags: ['unmask', 'code', 'javascript', 'typescript'],
      inputSchema,
    };
  });
}

async function main(): Promise<void> {
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as { contributes: Record<string, unknown> };
  manifest.contributes['languageModelTools'] = languageModelTools();
  const options = await resolveConfig(manifestFile);
  writeFileSync(manifestFile, await format(JSON.stringify(manifest, null, 2), { ...options, filepath: manifestFile }));
}

if (require.main === module)
  main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
