import { createRequire } from 'node:module';
import type typescript from 'typescript';

let compiler: typeof typescript | undefined;

/** Module code of a TypeScript (or JSX) file, types stripped. The compiler is loaded at the first such file. */
export function transpile(file: string, text: string, format: 'esm' | 'cjs'): string {
  compiler ??= createRequire(__filename)('typescript') as typeof typescript;
  const { ModuleKind, ScriptTarget, JsxEmit } = compiler;
  return compiler.transpileModule(text, {
    fileName: file,
    compilerOptions: {
      module: format === 'esm' ? ModuleKind.ESNext : ModuleKind.CommonJS,
      target: ScriptTarget.ES2022,
      esModuleInterop: true,
      jsx: JsxEmit.ReactJSX,
      experimentalDecorators: true,
      verbatimModuleSyntax: false,
      inlineSourceMap: true,
    },
  }).outputText;
}

/** True for files that node can't run by itself. */
export function needsTranspiling(file: string): boolean {
  return /\.([cm]?ts|[jt]sx)$/.test(file);
}
