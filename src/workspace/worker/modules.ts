import { readFileSync } from 'node:fs';
import Module, { builtinModules, createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { createFormats, resolveLoosely } from './formats';
import { needsTranspiling, transpile } from './transpile';
import type { Watchdog } from './watchdog';

/** Node's module loader, as far as it is needed here: stable for many years, but not in its type declarations. */
interface Loader {
  _load: (request: string, parent: { filename?: string } | undefined, isMain: boolean) => unknown;
  _resolveFilename: (request: string, parent: { filename?: string } | undefined, ...rest: unknown[]) => string;
  _nodeModulePaths(from: string): string[];
  readonly _extensions: Record<string, (module: CompilingModule, file: string) => void>;
  readonly prototype: { _compile: (this: CompilingModule, text: string, file: string) => unknown };
}

interface CompilingModule {
  exports: unknown;
  require: NodeJS.Require;
  _compile(text: string, file: string): unknown;
}

/** The project's modules: forgotten and loaded anew for each candidate, CommonJS and ES modules alike. Packages stay loaded. */
export interface ProjectModules {
  /** Forgets every module of the project. */
  purge(): void;
  /** Loads a file of the project by its absolute path. */
  load(file: string, watchdog: Watchdog): Promise<unknown>;
  /** Loads a CommonJS file at once. Only where `isSync` says so. */
  loadSync(file: string, watchdog: Watchdog): unknown;
  isSync(file: string): boolean;
  /** Makes project code that asks for a module by this name get `exports`. */
  replace(name: string, exports: () => object): void;
}

const loader = Module as unknown as Loader;
const builtins = new Set([...builtinModules, ...builtinModules.map((name) => `node:${name}`)]);

/** Hooks node's loaders for the project below `root`. One call a process. */
export function createModules(root: string): ProjectModules {
  const inProject = (file: string): boolean =>
    file.startsWith(root + path.sep) && !file.includes(`${path.sep}node_modules${path.sep}`);
  const formatOf = createFormats(root);
  const replaced = new Map<string, () => object>();
  const transpiled = new Map<string, { readonly text: string; readonly code: string }>();
  const external = new Map<string, vm.Module>();
  let graph = new Map<string, vm.Module>();
  let watchdog: Watchdog | undefined;

  const code = (file: string, text: string, format: 'esm' | 'cjs'): string => {
    if (!needsTranspiling(file)) return text;
    const known = transpiled.get(file);
    if (known?.text === text) return known.code;
    const fresh = { text, code: transpile(file, text, format) };
    transpiled.set(file, fresh);
    return fresh.code;
  };

  // CommonJS: replacements, TypeScript, and dynamic import() that must reach our graph rather than node's unforgetting one.
  const load = loader._load;
  loader._load = (request, parent, isMain) => {
    const replacement = parent?.filename !== undefined && inProject(parent.filename) ? replaced.get(request) : undefined;
    return replacement ? replacement() : load(request, parent, isMain);
  };
  const resolveFilename = loader._resolveFilename;
  loader._resolveFilename = (request, parent, ...rest) => {
    try {
      return resolveFilename(request, parent, ...rest);
    } catch (error) {
      const from = parent?.filename;
      const loose =
        from !== undefined && inProject(from) && request.startsWith('.')
          ? resolveLoosely(path.resolve(path.dirname(from), request))
          : null;
      if (loose === null) throw error;
      return loose;
    }
  };
  for (const extension of ['.ts', '.cts', '.tsx', '.jsx']) {
    loader._extensions[extension] = (module, file) => {
      module._compile(code(file, readFileSync(file, 'utf8'), 'cjs'), file);
    };
  }
  const compile = loader.prototype._compile;
  loader.prototype._compile = function (text, file) {
    if (!inProject(file) || !/\bimport\s*\(/.test(text)) return compile.call(this, text, file);
    const wrapped = vm.compileFunction(text.replace(/^#!.*/, ''), ['exports', 'require', 'module', '__filename', '__dirname'], {
      filename: file,
      importModuleDynamically: ((specifier: string) => importFrom(specifier, file)) as never,
    }) as (...args: unknown[]) => unknown;
    return wrapped.call(this.exports, this.exports, createRequire(file), this, file, path.dirname(file));
  };

  const synthetic = (identifier: string, exports: object): vm.Module => {
    const values = { ...exports } as Record<string, unknown>;
    const names = new Set([...Object.keys(values), 'default']);
    return new vm.SyntheticModule(
      [...names],
      function () {
        for (const name of names) this.setExport(name, name === 'default' && !('default' in values) ? exports : values[name]);
      },
      { identifier },
    );
  };

  const resolve = (specifier: string, from: string): string => {
    if (builtins.has(specifier)) return specifier;
    if (specifier.startsWith('file:')) return fileURLToPath(specifier);
    if (specifier.startsWith('.') || path.isAbsolute(specifier)) {
      const file = resolveLoosely(path.resolve(path.dirname(from), specifier.split('?')[0]!));
      if (file !== null) return file;
      throw Object.assign(new Error(`Cannot find module '${specifier}' imported from ${from}`), { code: 'ERR_MODULE_NOT_FOUND' });
    }
    const url = resolvePackage(specifier, pathToFileURL(from).href);
    return url.startsWith('file:') ? fileURLToPath(url) : url;
  };

  const makeModule = (file: string): vm.Module | Promise<vm.Module> => {
    const known = graph.get(file) ?? external.get(file);
    if (known) return known;
    const keep = (store: Map<string, vm.Module>, module: vm.Module): vm.Module => {
      store.set(file, module);
      return module;
    };
    const replacement = replaced.get(file);
    if (replacement) return keep(graph, synthetic(file, { ...replacement(), default: replacement() }));
    if (!inProject(file)) {
      const url = path.isAbsolute(file) ? pathToFileURL(file).href : file;
      return import(url).then((namespace: object) => external.get(file) ?? keep(external, synthetic(file, namespace)));
    }
    if (file.endsWith('.json'))
      return keep(graph, synthetic(file, { default: JSON.parse(readFileSync(file, 'utf8')) as unknown }));
    if (formatOf(file) === 'cjs') {
      const exports = requireProject(file);
      const named = typeof exports === 'object' && exports !== null ? exports : {};
      return keep(graph, synthetic(file, { ...named, default: exports }));
    }
    return keep(
      graph,
      new vm.SourceTextModule(code(file, readFileSync(file, 'utf8'), 'esm'), {
        identifier: file,
        initializeImportMeta: (meta) => {
          const href = pathToFileURL(file).href;
          Object.assign(meta, {
            url: href,
            filename: file,
            dirname: path.dirname(file),
            resolve: (name: string) => new URL(name, href).href,
          });
        },
        importModuleDynamically: (specifier: string) => importFrom(specifier, file),
      }),
    );
  };

  const evaluate = async (module: vm.Module): Promise<vm.Module> => {
    if (module.status === 'unlinked') await module.link((specifier, from) => makeModule(resolve(specifier, from.identifier)));
    if (module.status === 'linked') await module.evaluate(watchdog ? { timeout: watchdog.left() } : {});
    else if (module.status === 'errored') throw module.error;
    return module;
  };
  const importFrom = async (specifier: string, from: string): Promise<vm.Module> =>
    evaluate(await makeModule(resolve(specifier, from)));
  const entry = new Module(path.join(root, 'unmask-entry.js')) as Module & { paths: string[]; children: Module[] };
  entry.filename = entry.id;
  entry.paths = loader._nodeModulePaths(root);
  const requireProject = (file: string): unknown => entry.require(file) as unknown;

  return {
    purge() {
      for (const file of Object.keys(require.cache)) if (inProject(file)) Reflect.deleteProperty(require.cache, file);
      entry.children.length = 0; // Else every module of every candidate would be kept alive.
      graph = new Map();
    },
    isSync: (file) => formatOf(file) === 'cjs',
    loadSync(file, limit) {
      watchdog = limit;
      return limit.guard(() => requireProject(file));
    },
    async load(file, limit) {
      watchdog = limit;
      if (formatOf(file) === 'cjs') return limit.guard(() => requireProject(file));
      return (await importFrom(file, path.join(root, 'package.json'))).namespace;
    },
    replace(name, exports) {
      replaced.set(name, exports);
    },
  };
}

let resolvePackage: (specifier: string, parent: string) => string = () => {
  throw new Error('prepareModules was not called');
};

/** Borrows `import.meta.resolve` (which a CommonJS bundle lacks) from a tiny ES module; needs node's flag for its second argument. */
export async function prepareModules(): Promise<void> {
  const source = 'data:text/javascript,export default (specifier, parent) => import.meta.resolve(specifier, parent)';
  resolvePackage = ((await import(source)) as { default: typeof resolvePackage }).default;
}
