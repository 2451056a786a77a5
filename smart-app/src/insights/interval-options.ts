/** Values with their intervals, one line a segment: a dot, a stroke from low to high, and published figures as thin lines. */
import type { MetricAnswer, MetricRow } from '@refloop/server/client/insights';
import type { EChartsCoreOption } from 'echarts/core';
import type { Palette } from './Chart.tsx';
import { countText, intervalText, rowText, valueText } from './figures.ts';

const ROW_PX = 28;
export const intervalHeight = (rows: number): number => rows * ROW_PX + 44;

type Place = { value: (dimension: number) => number; coord: (point: [number, number]) => [number, number] };

export function intervalOptions({ metric }: MetricAnswer, rows: readonly MetricRow[], palette: Palette, width: number): EChartsCoreOption {
  const { unit } = metric;
  const narrow = width < 420;
  const axisText = { color: palette.ink2, fontFamily: palette.font, fontSize: 12 };
  const shown = rows.map(({ value }, index) => [value, index] as const).filter(([value]) => value !== null);
  const strokes = rows.map(({ low, high }, index) => [index, low ?? Number.NaN, high ?? low ?? Number.NaN]);
  return {
    animation: false,
    aria: { enabled: false },
    grid: { left: narrow ? 112 : 168, right: 24, top: 8, bottom: 28 },
    xAxis: {
      type: 'value',
      min: 0,
      ...(unit === 'share' ? { max: 1 } : {}),
      axisLabel: { ...axisText, formatter: (value: number) => (unit === 'share' ? `${Math.round(100 * value)} %` : String(value)) },
      splitLine: { lineStyle: { color: palette.line } },
      splitNumber: narrow ? 3 : 5,
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map((row) => rowText(metric, row)),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...axisText, color: palette.ink, width: narrow ? 104 : 160, overflow: 'truncate' },
    },
    tooltip: {
      trigger: 'item',
      renderMode: 'richText',
      backgroundColor: palette.paper,
      borderColor: palette.line,
      textStyle: { color: palette.ink, fontFamily: palette.font, fontSize: 12 },
      formatter: ({ dataIndex }: { dataIndex: number }) => {
        const row = rows[dataIndex];
        if (!row) return '';
        return [rowText(metric, row), `${valueText(row.value, unit)}  (${intervalText(row, unit)})`, `n ${countText(row.n)}`].join('\n');
      },
    },
    series: [
      {
        type: 'custom',
        silent: true,
        data: strokes,
        encode: { x: [1, 2], y: 0 },
        renderItem: (_params: unknown, api: Place) => {
          const index = api.value(0);
          const [fromX, y] = api.coord([api.value(1), index]);
          const [toX] = api.coord([api.value(2), index]);
          if (Number.isNaN(fromX) || Number.isNaN(toX)) return undefined;
          return { type: 'line', shape: { x1: fromX, y1: y, x2: toX, y2: y }, style: { stroke: palette.mark, lineWidth: 2 } };
        },
      },
      {
        type: 'scatter',
        symbolSize: 10,
        cursor: 'pointer',
        itemStyle: { color: palette.accent },
        data: rows.map(({ value }, index) => [value ?? Number.NaN, index]),
        markLine: {
          silent: true,
          symbol: 'none',
          label: { show: false },
          lineStyle: { color: palette.ink2, type: 'dashed', width: 1 },
          data: shown.length === 0 ? [] : metric.benchmarks.map(({ value }) => ({ xAxis: value })),
        },
      },
    ],
  };
}
