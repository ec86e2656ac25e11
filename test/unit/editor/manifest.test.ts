import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { languageModelTools } from '../../../scripts/contributions';
import { root } from '../helpers/bundles';

interface Setting {
  readonly type: string;
  readonly enum?: readonly string[];
  readonly order?: number;
  readonly markdownDescription?: string;
}
interface Manifest {
  readonly extensionKind: readonly string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly supported: string; readonly restrictedConfigurations: readonly string[] };
    readonly virtualWorkspaces: { readonly supported: boolean };
  };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> } | readonly { readonly properties: Readonly<Record<string, Setting>> }[]; // prettier-ignore
    readonly languageModelTools: readonly object[];
    readonly walkthroughs?: readonly { readonly steps: readonly { readonly description: string; readonly media: { readonly image?: string; readonly altText?: string } }[] }[]; // prettier-ignore
  };
}

const text = readFileSync(path.join(root, 'package.json'), 'utf8');
const manifest = JSON.parse(text) as Manifest;
const words = JSON.parse(readFileSync(path.join(root, 'package.nls.json'), 'utf8')) as Record<string, string>;
const settings = [manifest.contributes.configuration].flat().flatMap(({ properties }) => Object.entries(properties));

describe('the manifest', () => {
  it('has a word for each that it refers to, and no other', () => {
    const used = new Set([...text.matchAll(/"%([\w.-]+)%"/g)].map((match) => match[1]!));
    assert.deepEqual([...used].filter((key) => words[key] === undefined), []); // prettier-ignore
    assert.deepEqual(Object.keys(words).filter((key) => !used.has(key)), []); // prettier-ignore
  });

  it('explains every setting, in an order, and has few of them', () => {
    assert(settings.length < 30, `${settings.length} settings`);
    for (const [name, { markdownDescription, order }] of settings)
      assert(markdownDescription !== undefined && order !== undefined, `${name} has a description and a place`);
    assert.equal(new Set(settings.map(([, { order }]) => order)).size, settings.length, 'no two are in the same place');
  });

  it('keeps settings that name programs or files to be run or loaded from workspaces that are not trusted', () => {
    const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    assert.equal(supported, 'limited');
    assert.deepEqual(manifest.extensionKind, ['workspace']);
    const names = settings.map(([name]) => name);
    assert.deepEqual(restrictedConfigurations.filter((name) => !names.includes(name)), []); // prettier-ignore
    const free = settings.filter(([, setting]) => setting.type === 'string' && setting.enum === undefined).map(([name]) => name);
    assert.deepEqual(free.filter((name) => !restrictedConfigurations.includes(name)), []); // prettier-ignore
  });

  it('tells the tools for agents as the code does', () => {
    assert.deepEqual(
      manifest.contributes.languageModelTools,
      languageModelTools(),
      'run: node --import tsx scripts/contributions.ts',
    );
  });

  it('has every picture that its walkthroughs show, with words for who does not see it', () => {
    for (const { media } of (manifest.contributes.walkthroughs ?? []).flatMap(({ steps }) => steps)) {
      assert(media.image !== undefined && existsSync(path.join(root, media.image)), media.image);
      assert(media.altText !== undefined && media.altText !== '');
    }
  });
});
