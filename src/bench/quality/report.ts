/** The result for people. */
import type { Ghost, InfillRow, ModelResult, Result } from './job';
import type { Share } from './shares';

export function linesOf(r: Result): string[] {
  const columns = [
    { name: 'model', rows: r.model.infill },
    ...(r.against ? [{ name: 'against', rows: r.against.infill }] : []),
    ...(r.int8 ? [{ name: 'int8', rows: r.int8.infill }] : []),
    ...(r.ngram ? [{ name: 'n-grams', rows: r.ngram.infill }] : []),
  ];
  return [
    `measured on ${r.text.source}: ${r.text.documents} files, ${r.text.packages.length > 0 ? `${r.text.packages.join(', ')}, ` : ''}seed ${r.seed}${r.quick ? ', quick' : ''}`,
    '',
    ...modelLines('model', r.model),
    ...(r.against ? modelLines('against', r.against) : []),
    ...(r.int8 ? modelLines('the model in int8', r.int8) : []),
    ...(r.ngram
      ? [`n-grams, learnt from ${r.ngram.trainedOn} (${r.ngram.characters} characters): ${bits(r.ngram.bits)} bits per character`]
      : []),
    '',
    'exact fills (and three-line fills that parse), with 95% intervals:',
    ...table([
      ['gap', 'length', 'steps', ...columns.map((c) => c.name)],
      ...rowKeys(r.model.infill).map(({ kind, length, steps }) => [
        kind.replace('_', ' '),
        length,
        String(steps),
        ...columns.map(({ rows }) => {
          const row = rows.find((o) => o.kind === kind && o.length === length && (o.steps ?? 'each') === steps);
          return row ? cellOf(row) : '-';
        }),
      ]),
    ]),
  ];
}

function modelLines(name: string, m: ModelResult): string[] {
  const { ghost: g, proofreading: p } = m;
  const ar = m.bits?.autoregressive;
  return [
    `${name}: ${m.folder}, ${(m.parameters / 1e6).toFixed(2)} million weights, ${m.charactersPerToken.toFixed(2)} characters per token`,
    ...(m.bits
      ? [
          `  bits per character: diffusion at most ${bits(m.bits.diffusion)}${ar ? `, autoregressive ${bits(ar)}` : ' (autoregressive: not what it was trained for)'}`,
        ]
      : []),
    ...(g ? ghostLines(g) : []),
    ...(m.mistakes
      ? [
          `  held-out mistakes: the right text likelier in ${share(m.mistakes.rightLikelier)}, the wrong line among the three most surprising in ${share(m.mistakes.lineSurprising)}`,
        ]
      : []),
    ...(p
      ? [
          `  proofread, one pass: the wrong token first in ${share(p.placeFirst)}, among three in ${share(p.placeAmongThree)}; mended by one correction ${share(p.pass1)}, by one of ten ${share(p.pass10)}; told from the right function in ${share(p.toldApart)}`,
        ]
      : []),
    ...writtenLines(m),
    '',
  ];
}

function ghostLines(g: Ghost): string[] {
  return [
    `  ghost text: ${g.asked} asked, ${g.silent} silent; calibration error ${g.calibration.ece?.toFixed(3) ?? '-'}; from ${g.atDefault.confidence} on ${share(g.atDefault.shown)} shown, of those ${share(g.atDefault.right)} right; of all offers ${share(g.parse.oneLine)} parse, of several lines ${share(g.parse.severalLines)}`,
    ...table([
      ['  confidence', 'mean', 'right'],
      ...g.calibration.bins.map((b) => [`  ${b.from.toFixed(1)}-${b.to.toFixed(1)}`, b.confidence.toFixed(2), share(b.right)]),
    ]),
  ];
}

function writtenLines({ repairs: r, edits: e }: ModelResult): string[] {
  const percent = (x: number): string => `${(100 * x).toFixed(1)}%`;
  return [
    ...(r
      ? [
          `  repairs: ${r.cases} held-out mistakes, ${r.candidates} candidates: with reasons pass@1 ${percent(r.reasoned.pass1)}, pass@10 ${share(r.reasoned.pass10)}; without pass@1 ${percent(r.plain.pass1)}, pass@10 ${share(r.plain.pass10)}`,
          `  right code that it would have changed: ${share(r.falseAlarms)}`,
        ]
      : []),
    ...(e
      ? [
          `  instructed edits: exact ${share(e.exact)}, parse ${share(e.parses)}; ${e.sure.map((s) => `from ${s.confidence} on ${share(s.shown)} shown, of those ${share(s.right)} right`).join('; ')}; ${e.kinds.map((k) => `${k.kind} ${k.exact.hits}/${k.exact.of}`).join(', ')}`,
        ]
      : []),
  ];
}

/** By kind, then by way. */
function rowKeys(rows: readonly InfillRow[]): InfillRow[] {
  return [...new Set(rows.map((r) => r.kind))].flatMap((kind) => rows.filter((r) => r.kind === kind));
}

function cellOf({ exact, parses, lines }: InfillRow): string {
  const length = lines ? `, ${lines.filled.toFixed(1)} of ${lines.wanted.toFixed(1)} lines` : '';
  return parses ? `${share(exact)}; parse ${share(parses)}${length}` : share(exact);
}

function bits({ perCharacter, standardError }: { perCharacter: number; standardError: number | null }): string {
  return standardError === null ? perCharacter.toFixed(3) : `${perCharacter.toFixed(3)} ± ${standardError.toFixed(3)}`;
}

function share({ share: s, hits, of, low, high }: Share): string {
  if (s === null || low === null || high === null) return 'none';
  const percent = (x: number): string => (100 * x).toFixed(0);
  return `${(100 * s).toFixed(1)}% (${hits}/${of}, ${percent(low)}-${percent(high)})`;
}

function table(cells: readonly (readonly string[])[]): string[] {
  const widths = cells[0]!.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  return cells.map((row) =>
    row
      .map((text, i) => text.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  );
}
