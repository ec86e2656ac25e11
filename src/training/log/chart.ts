/** The parts of the drawing library that the curves need, and no others. Loaded by `curves.ts` on first use: it is large. */
import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use, type EChartsType } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

/** An empty drawing of so many pixels that needs no document. To be disposed of: it holds a timer. */
export function chart(width: number, height: number): EChartsType {
  return init(null, null, { renderer: 'svg', ssr: true, width, height });
}
