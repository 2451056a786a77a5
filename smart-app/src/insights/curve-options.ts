/** How many have got there by each day: steps, one line a segment. */
import type { CurvePoint } from '@refloop/server/client/insights';
import type { EChartsCoreOption } from 'echarts/core';
import type { Palette } from './Chart.tsx';
import { countText, segmentText } from './figures.ts';

/** Told apart by dash as well as by shade, so that it reads without colour. */
const DASHES = ['solid', 'dashed', 'dotted', [8, 3, 2, 3]] as const;
const DASH_MARKS = ['━━', '╍╍', '┈┈', '━·━'];
export const MOST_CURVES = DASHES.length;

const LAST_DAY = 180;

export type Curve = { name: string; points: readonly CurvePoint[] };

/** Curves in the order of their rows, at most four: more cannot be told apart. */
export function curvesOf(points: readonly CurvePoint[], names: readonly string[]): Curve[] {
  const all = Map.groupBy(points, ({ segment }) => segmentText(segment));
  return names.flatMap((name) => (all.has(name) ? [{ name, points: all.get(name) ?? [] }] : [])).slice(0, MOST_CURVES);
}

export function curveOptions(curves: readonly Curve[], palette: Palette, width: number): EChartsCoreOption {
  const axisText = { color: palette.ink2, fontFamily: palette.font, fontSize: 12 };
  const narrow = width < 420;
  return {
    animation: false,
    aria: { enabled: false },
    grid: { left: 44, right: 16, top: 12, bottom: narrow ? 136 : 76 },
    legend: {
      bottom: 0,
      icon: 'none',
      selectedMode: false,
      textStyle: axisText,
      // The dash stands before the name: it tells the curves apart without colour.
      formatter: (name: string) => `${DASH_MARKS[curves.findIndex((curve) => curve.name === name)] ?? ''} ${name}`,
    },
    xAxis: {
      type: 'value',
      min: 0,
      max: LAST_DAY,
      interval: narrow ? 60 : 30,
      name: 'days from order',
      nameLocation: 'middle',
      nameGap: 24,
      nameTextStyle: axisText,
      axisLabel: axisText,
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value',
      min: 0,
      max: 1,
      axisLabel: { ...axisText, formatter: (value: number) => `${Math.round(100 * value)} %` },
      splitLine: { lineStyle: { color: palette.line } },
    },
    tooltip: {
      trigger: 'axis',
      renderMode: 'richText',
      backgroundColor: palette.paper,
      borderColor: palette.line,
      textStyle: { color: palette.ink, fontFamily: palette.font, fontSize: 12 },
      formatter: (marks: { seriesIndex: number; dataIndex: number }[]) =>
        marks
          .flatMap(({ seriesIndex, dataIndex }) => {
            const curve = curves[seriesIndex];
            const point = curve?.points[dataIndex];
            if (!curve || !point) return [];
            return `${curve.name}: ${Math.round(100 * point.value)} % by day ${point.day}, ${countText(point.atRisk)} still on the way`;
          })
          .join('\n'),
    },
    series: curves.map(({ name, points }, index) => ({
      type: 'line',
      name,
      step: 'end',
      symbol: 'none',
      lineStyle: { width: 2, type: DASHES[index], color: index === 0 ? palette.accent : palette.ink2 },
      itemStyle: { color: index === 0 ? palette.accent : palette.ink2 },
      data: points.filter(({ day }) => day <= LAST_DAY).map(({ day, value }) => [day, value]),
    })),
  };
}
