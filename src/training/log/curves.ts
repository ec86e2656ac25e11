/** The course of trainings as a picture. */
import type { EChartsCoreOption } from 'echarts/core';
import { panelsOf, type Axis, type Line, type LoggedRun, type Panel } from './panels';

export interface CurvesOptions {
  readonly title: string;
  readonly runs: readonly LoggedRun[];
  /** Default: updates. By minutes, runs are compared at equal cost. */
  readonly axis?: Axis;
}

/** Okabe and Ito's colours, told apart by people with any colour vision, the palest left out; each has a dash and a mark of its own besides. */
const colours = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#000000', '#56B4E9'];
const dashes = ['solid', 'dashed', 'dotted', [8, 3, 2, 3]] as const;
const marks = ['circle', 'rect', 'triangle', 'diamond'] as const;

const [panelWidth, panelHeight, header] = [400, 260, 56];
/** Room in a panel around its axes. */
const margin = { left: 58, right: 18, top: 62, bottom: 44 };

/** An SVG text with a panel for each metric. Throws Error for logs without any. The drawing library is loaded on first use. */
export async function drawCurves(options: CurvesOptions): Promise<string> {
  const panels = panelsOf(options.runs, options.axis ?? 'updates');
  if (panels.length === 0) throw new Error('these logs hold nothing to draw');
  const columns = Math.min(3, panels.length);
  const [width, height] = [columns * panelWidth, header + Math.ceil(panels.length / columns) * panelHeight];
  const { chart } = await import('./chart');
  const drawing = chart(width, height);
  try {
    drawing.setOption(chartOption(panels, columns, options));
    return drawing.renderToSVGString();
  } finally {
    drawing.dispose();
  }
}

function chartOption(panels: readonly Panel[], columns: number, options: CurvesOptions): EChartsCoreOption {
  const lineNames = [...new Set(panels.flatMap((panel) => panel.lines.map((l) => l.name)))];
  const corner = (i: number): { left: number; top: number } => ({
    left: (i % columns) * panelWidth,
    top: header + Math.floor(i / columns) * panelHeight,
  });
  // With several runs a run looks alike in every panel; with one, colours are given anew in each.
  const look = (panel: Panel, line: Line): number =>
    options.runs.length > 1 ? lineNames.indexOf(line.name) : panel.lines.indexOf(line);
  return {
    animation: false,
    backgroundColor: '#fff',
    textStyle: { fontFamily: 'sans-serif' },
    title: [
      { text: options.title, left: 'center', top: 14, textStyle: { fontSize: 18 } },
      ...panels.map((panel, i) => ({
        text: panel.title,
        left: corner(i).left + margin.left,
        top: corner(i).top + 8,
        padding: 0,
        textStyle: { fontSize: 13 },
      })),
    ],
    grid: panels.map((_, i) => ({
      left: corner(i).left + margin.left,
      top: corner(i).top + margin.top,
      width: panelWidth - margin.left - margin.right,
      height: panelHeight - margin.top - margin.bottom,
    })),
    legend: panels.map((panel, i) => ({
      data: panel.lines.map((line) => seriesName(i, line)),
      formatter: (name: string) => name.slice(name.indexOf(':') + 1),
      show: panel.lines.length > 1 || options.runs.length > 1,
      left: corner(i).left + margin.left,
      top: corner(i).top + 28,
      width: panelWidth - margin.left - margin.right,
      padding: 0,
      itemGap: 16,
      itemWidth: 26,
      itemHeight: 8,
      textStyle: { fontSize: 10 },
      type: 'plain',
    })),
    xAxis: panels.map((_, i) => ({
      type: 'value',
      gridIndex: i,
      name: options.axis === 'minutes' ? 'minutes' : 'update',
      nameLocation: 'middle',
      nameGap: 24,
      nameTextStyle: { fontSize: 11, color: '#333' },
      axisLabel: { fontSize: 10, color: '#333', hideOverlap: true },
      axisLine: { onZero: false, lineStyle: { color: '#333' } },
      splitLine: { show: false },
      min: 0,
      max: 'dataMax',
    })),
    yAxis: panels.map((_, i) => ({
      type: 'value',
      gridIndex: i,
      scale: true,
      splitNumber: 4,
      axisLabel: { fontSize: 10, color: '#333', formatter: tick },
      splitLine: { lineStyle: { color: '#e4e4e4' } },
    })),
    series: panels.flatMap((panel, i) => panel.lines.flatMap((line) => seriesOf(i, line, look(panel, line)))),
  };
}

/** Names are shared by the legends of all panels, so each carries its panel's number. */
function seriesName(panel: number, line: Line): string {
  return `${panel}:${line.name}`;
}

function seriesOf(panel: number, line: Line, look: number): object[] {
  const color = colours[look % colours.length]!;
  const base = { type: 'line', xAxisIndex: panel, yAxisIndex: panel, silent: true };
  const main = {
    ...base,
    name: seriesName(panel, line),
    data: line.points,
    showSymbol: line.marked || line.points.length === 1,
    symbol: marks[look % marks.length],
    symbolSize: 7,
    lineStyle: { color, width: 2, type: dashes[look % dashes.length] },
    itemStyle: { color },
    z: 3,
  };
  if (!line.raw) return [main];
  const raw = { ...base, data: line.raw, showSymbol: false, lineStyle: { color, width: 1, opacity: 0.22 }, z: 2 };
  return [raw, main];
}

/** Short labels at any size: 0.00001 and 12000 would run into the panel to the left. */
function tick(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 10_000) return `${Number((value / 1000).toPrecision(3))}k`;
  return size < 1e-3 ? value.toExponential(1).replace('.0e', 'e') : String(Number(value.toPrecision(3)));
}
