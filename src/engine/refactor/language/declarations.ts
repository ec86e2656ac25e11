/**
 * The language's own declarations (lib.*.d.ts), parsed once for the projects that a thread opens one after the other: parsing and binding them is most of
 * what a small project takes. They come with TypeScript and do not change; of all else nothing outlives its project.
 */
import path from 'node:path';
import type ts from 'typescript';
import type { Ts } from '../../../edits/source';
import { normal } from './questions';

export class Declarations {
  private readonly start: string;
  private last: { readonly key: string; readonly registry: ts.DocumentRegistry } | undefined;

  constructor(private readonly api: Ts) {
    this.start = this.canonical(`${path.posix.dirname(normal(api.getDefaultLibFilePath({})))}/lib.`);
  }

  /** True for what is kept. */
  own(file: string): boolean {
    return this.canonical(file).startsWith(this.start);
  }

  /** Where a project's service gets its files parsed. Those of one kind of options are kept, the last one: each has trees of its own. */
  registryFor(options: ts.CompilerOptions): ts.DocumentRegistry {
    const registry = this.last?.registry ?? this.create();
    const key = registry.getKeyForCompilationSettings(options);
    if (this.last?.key !== key) this.last = { key, registry: this.last ? this.create() : registry };
    return this.last.registry;
  }

  private create(): ts.DocumentRegistry {
    const registry = this.api.createDocumentRegistry(this.api.sys.useCaseSensitiveFileNames);
    const keeping = {
      // A service lets go of all of its files when it is disposed of.
      releaseDocumentWithKey: (
        file: ts.Path,
        key: ts.DocumentRegistryBucketKey,
        kind?: ts.ScriptKind,
        format?: ts.ResolutionMode,
      ) => {
        if (!this.own(file)) registry.releaseDocumentWithKey(file, key, kind!, format);
      },
    };
    return { ...registry, ...keeping };
  }

  private canonical(file: string): string {
    return this.api.sys.useCaseSensitiveFileNames ? file : file.toLowerCase();
  }
}
