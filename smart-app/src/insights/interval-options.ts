/** Values with their intervals, one line a segment: a dot, a stroke from low to high, the figures beside it; the target and published figures as thin lines. */
import type { MetricAnswer, MetricRow } from '@refloop/server/client/insights';
import type { EChartsCoreOption } from 'echarts/core';
import type { Palette } from './Chart.tsx';
import { compactText, countText, figureText, intervalText, rowText, valueText } from './figures.ts';

const ROW_PX = 28;
/** Room for the letters of the lines above, for the scale below. */
const [ABOVE_PX, BELOW_PX] = [32, 28];
/** Where words and figures beside them would leave the strokes no room, they stand above each: two lines a row. */
const NARROW_PX = 420;
const STACKED_ROW_PX = 46;
const isStacked = (unit: MetricAnswer['metric']['unit'], width: number): boolean => unit === 'dollars' && width < NARROW_PX;
export const intervalHeight = (rows: number, unit: MetricAnswer['metric']['unit'], width: number): number =>
  rows * (isStacked(unit, width) ? STACKED_ROW_PX : ROW_PX) + ABOVE_PX + BELOW_PX;

const [LOW_PX, HIGH_PX] = [3, 15];

type Place = { value: (dimension: number) => number; coord: (point: [number, number]) => [number, number] };

/** What a line across the chart stands for: its letter in the drawing, its words under it. */
export type Line = { letter: string; value: number; words: string };

/** The target first, then the published figures. */
export function linesOf({ target, benchmarks, unit }: MetricAnswer['metric']): Line[] {
  const all = [
    ...(target === null ? [] : [{ value: target.value, words: `target, ${valueText(target.value, unit)}` }]),
    ...benchmarks.map(({ value, label }) => ({ value, words: `${label}, ${valueText(value, unit)}` })),
  ];
  return all.map((line, index) => ({ ...line, letter: String.fromCharCode(97 + index) }));
}

/** How far above the drawing each letter stands: of lines close beside each other every second one stands higher. */
export function letterPlaces(lines: readonly Line[], end: number): (Line & { distance: number })[] {
  const placed: (Line & { distance: number })[] = [];
  for (const line of lines.toSorted((one, other) => one.value - other.value)) {
    const before = placed.at(-1);
    const isClose = before !== undefined && line.value - before.value < end / 20;
    placed.push({ ...line, distance: isClose && before.distance === LOW_PX ? HIGH_PX : LOW_PX });
  }
  return placed;
}

/** The end of the scale: of shares the next tenth above all that is drawn, so that small ones can be told apart. */
export function endOf(unit: MetricAnswer['metric']['unit'], rows: readonly MetricRow[], lines: readonly Line[]): number | undefined {
  if (unit !== 'share') return undefined;
  const drawn = [...rows.map(({ high, value }) => high ?? value ?? 0), ...lines.map(({ value }) => value)];
  return Math.min(1, Math.ceil(10 * Math.max(0.05, ...drawn)) / 10);
}

export function intervalOptions({ metric }: MetricAnswer, rows: readonly MetricRow[], palette: Palette, width: number): EChartsCoreOption {
  const { unit } = metric;
  const narrow = width < NARROW_PX;
  const stacked = isStacked(unit, width);
  const lines = linesOf(metric);
  const axisText = { color: palette.ink2, fontFamily: palette.font, fontSize: 12 };
  // Each row's words lie over its stroke, at the edges of the drawing.
  const above = stacked ? { inside: true, margin: 0, verticalAlign: 'bottom', padding: [0, 0, 8, 0] } : {};
  const strokes = rows.map(({ low, high }, index) => [index, low ?? Number.NaN, high ?? low ?? Number.NaN]);
  const end = endOf(unit, rows, lines);
  const longest = Math.max(1, ...rows.map(({ high, value }) => high ?? value ?? 0));
  const figures = (index: number): string => {
    const row = rows[index];
    if (!row) return '';
    if (narrow || unit === 'dollars') return `{value|${figureText(row, unit)}}`;
    return `{value|${figureText(row, unit)}} {small|${intervalText(row, unit)} · n ${countText(row.n)}}`;
  };
  return {
    animation: false,
    aria: { enabled: false },
    grid: {
      ...(stacked ? { outerBoundsMode: 'none' } : {}),
      left: stacked ? 8 : narrow ? 112 : 148,
      right: stacked ? 8 : narrow ? 52 : unit === 'dollars' ? 124 : 176,
      top: ABOVE_PX,
      bottom: BELOW_PX,
    },
    xAxis: {
      type: 'value',
      // A range of money may begin below nothing.
      min: Math.min(0, ...rows.map(({ low }) => low ?? 0)) < 0 ? undefined : 0,
      ...(end === undefined ? {} : { max: end }),
      axisLabel: {
        ...axisText,
        formatter: (value: number) => (unit === 'days' ? String(value) : compactText(value, unit)),
        hideOverlap: true,
        // At the edges of a drawing without margins the outer ones would be cut.
        ...(stacked ? { alignMinLabel: 'left', alignMaxLabel: 'right' } : {}),
      },
      splitLine: { lineStyle: { color: palette.line } },
      splitNumber: narrow ? 2 : 4,
    },
    yAxis: [
      {
        type: 'category',
        inverse: true,
        data: rows.map((row) => rowText(metric, row)),
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: { ...axisText, color: palette.ink, width: stacked ? width * 0.42 : narrow ? 104 : 140, overflow: 'truncate', ...above },
      },
      {
        type: 'category',
        inverse: true,
        position: 'right',
        data: rows.map((_row, index) => index),
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: {
          ...axisText,
          ...above,
          formatter: (value: string) => figures(Number(value)),
          rich: { value: { ...axisText, color: palette.ink }, small: axisText },
        },
      },
    ],
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
        cursor: 'pointer',
        data: strokes,
        encode: { x: [1, 2], y: 0 },
        renderItem: (_params: unknown, api: Place) => {
          const index = api.value(0);
          const [fromX, y] = api.coord([api.value(1), index]);
          const [toX] = api.coord([api.value(2), index]);
          if (Number.isNaN(fromX) || Number.isNaN(toX)) return undefined;
          return {
            type: 'rect',
            shape: { x: fromX, y: y - 1, width: Math.max(1, toX - fromX), height: unit === 'dollars' ? 4 : 2 },
            style: { fill: palette.mark },
          };
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
          label: { show: true, position: 'start', formatter: '{b}', ...axisText },
          lineStyle: { color: palette.ink2, type: 'dashed', width: 1 },
          data:
            rows.length === 0
              ? []
              : letterPlaces(lines, end ?? longest).map(({ value, letter, distance }) => ({
                  xAxis: value,
                  name: letter,
                  label: { distance },
                })),
        },
      },
    ],
  };
}
