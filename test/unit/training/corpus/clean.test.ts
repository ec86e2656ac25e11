import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { globSync } from 'tinyglobby';
import ts from 'typescript';
import { dedented } from '../../../../src/edits/text';
import { cleaned, cleanOptions, normalised } from '../../../../src/training/corpus/clean';
import { syntaxOf } from '../../../../src/training/corpus/syntax';

const clean = (text: string, name = 'a.ts'): string => cleaned(text, syntaxOf(name, text), cleanOptions).text;

/** Everything that is code, by an independent parse: printed without comments. */
const printed = (text: string): string =>
  ts.createPrinter({ removeComments: true }).printFile(ts.createSourceFile('a.ts', text, ts.ScriptTarget.Latest));

describe('cleaning code', () => {
  it('takes out licences, directives, addresses and long prose, with their lines', () => {
    const text = [
      '/* Copyright 2020 A */',
      '',
      "import a from 'a'; // eslint-disable-line",
      '// by b@c.de',
      '// and more of it',
      '',
      '',
      '',
      `/* ${'long '.repeat(100)}*/`,
      'let x = /* why */ 1;   ',
      '  // Short and to the point.',
      'let y = 2;',
    ].join('\n');
    assert.equal(
      clean(text),
      "import a from 'a'; // eslint-disable-line\n\nlet x = /* why */ 1;\n  // Short and to the point.\nlet y = 2;\n".replace(
        ' // eslint-disable-line',
        '',
      ),
    );
  });

  it('leaves literals alone, whatever is in them', () => {
    const text =
      'const s = "// Copyright";\nconst t = `a  \n\n\n\n  /* Copyright */ ${x /* Copyright */}  \n`;\nconst r = /\\/* licence/;\nconst j = a / b / c;\n';
    assert.equal(clean(text), text.replace(' /* Copyright */}', ' }'));
    assert.equal(clean('const a = <p>// Copyright   \n</p>;\n', 'a.tsx'), 'const a = <p>// Copyright   \n</p>;\n');
  });

  it('changes no code of this repository', () => {
    const files = globSync(['src/{onnx,model,diffusion}/**/*.ts', 'samples/src/*.js']);
    assert.ok(files.length > 40);
    for (const file of files) {
      const text = normalised(readFileSync(file, 'utf8'));
      assert.equal(printed(clean(text)), printed(text), file);
    }
  });

  it('finds functions of a few lines, whole, and takes their indentation off', () => {
    const text =
      'class A {\n  short() { return 1; }\n\n  long(a) {\n    const b = a;\n\n    return b;\n  }\n}\nexport const f = (x) => {\n  g(x);\n  return x;\n};\n';
    const found = syntaxOf('a.ts', text).functions.map(({ start, end }) => dedented(text.slice(start, end)));
    assert.deepEqual(found, [
      'long(a) {\n  const b = a;\n\n  return b;\n}',
      'export const f = (x) => {\n  g(x);\n  return x;\n};',
    ]);
  });
});
