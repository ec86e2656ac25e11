import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import importX, { createNodeResolver } from 'eslint-plugin-import-x';
import prettier from 'eslint-config-prettier';

/**
 * Layers, lowest first: a folder may import only from the folders listed for it (and itself).
 * One direction, as ARCHITECTURE.md draws it.
 */
const layers = {
  onnx: [],
  model: ['onnx'],
  diffusion: ['model'],
  workspace: [],
  protocol: [],
  edits: [],
  repair: ['diffusion', 'model', 'workspace', 'protocol', 'edits'],
  training: ['repair', 'diffusion', 'model', 'onnx', 'workspace', 'protocol', 'edits'],
  bench: ['engine', 'repair', 'training', 'diffusion', 'model', 'onnx', 'workspace', 'protocol', 'client', 'edits'],
  engine: ['repair', 'training', 'diffusion', 'model', 'onnx', 'workspace', 'protocol', 'bench', 'edits'],
  client: ['protocol'],
  cli: ['client', 'protocol', 'bench'],
  editor: ['client', 'protocol'],
};

const zones = Object.keys(layers).flatMap((target) =>
  Object.keys(layers)
    .filter((from) => from !== target && !layers[target].includes(from))
    .map((from) => ({
      target: `./src/${target}`,
      from: `./src/${from}`,
      message: `Layer rule: src/${target} may not import from src/${from} (see ARCHITECTURE.md).`,
    })),
);

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'node_modules/**',
      '.vscode-test/**',
      'samples/**',
      '**/fixtures/**',
      'test-results/**',
      'model-assets/**',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.{mjs,js,cjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        Buffer: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        URL: 'readonly',
        require: 'readonly',
        module: 'readonly',
        __dirname: 'readonly',
        __filename: 'readonly',
        acquireVsCodeApi: 'readonly',
        document: 'readonly',
        window: 'readonly',
      },
    },
  },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js', '.json'] })] },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-cycle': 'error',
      'no-restricted-imports': ['error', { paths: [{ name: 'vscode', message: 'Only src/editor may import vscode.' }] }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowNullish: false },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off', // noUncheckedIndexedAccess makes it needed in tensor code
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'only-allowed-literals' }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/prefer-for-of': 'off', // typed arrays: index loops are faster
    },
  },
  {
    files: ['src/editor/**/*.ts', 'src/extension.ts', 'test/host/**/*.ts', 'test/bench/editor/host.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-unused-expressions': 'off', '@typescript-eslint/no-floating-promises': 'off' },
  },
  prettier,
);
