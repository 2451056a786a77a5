/** How many have got there by each day: steps with their 95 % intervals, one line a segment, its name where it ends. */
import type { CurvePoint } from '@refloop/server/client/insights';
import type { EChartsCoreOption } from 'echarts/core';
import type { Palette } from './Chart.tsx';
import { countText, segmentText } from './figures.ts';

/** Told apart by dash as well as by shade, so that it reads without colour. */
const DASHES = ['solid', 'dashed', 'dotted', [8, 3, 2, 3]] as const;
const DASH_MARKS = ['━━', '╍╍', '┈┈', '━·━'];
export const MOST_CURVES = DASHES.length;

const ENDS = [30, 60, 90, 180] as const;
/** A curve that has come so far of the way has little more to tell. */
const NEARLY_ALL = 0.97;

export type Curve = { name: string; points: readonly CurvePoint[] };

/** Curves in the order of their rows, at most four: more cannot be told apart. */
export function curvesOf(points: readonly CurvePoint[], names: readonly string[]): Curve[] {
  const all = Map.groupBy(points, ({ segment }) => segmentText(segment));
  return names.flatMap((name) => (all.has(name) ? [{ name, points: all.get(name) ?? [] }] : [])).slice(0, MOST_CURVES);
}

const pointOn = ({ points }: Curve, day: number): CurvePoint | undefined => points.findLast((point) => point.day <= day);

/** The last day drawn: 180, or an earlier one by which each curve has nearly come as far as it does by then. */
export function lastDayOf(curves: readonly Curve[]): number {
  const [farthest] = ENDS.slice(-1);
  const end = farthest ?? 180;
  return (
    ENDS.find((day) => curves.every((curve) => (pointOn(curve, day)?.value ?? 0) >= NEARLY_ALL * (pointOn(curve, end)?.value ?? 0))) ?? end
  );
}

type Coord = { coord: (point: [number, number]) => [number, number] };

/** The interval of a curve as one shape of steps. */
function bandOf(points: readonly CurvePoint[], lastDay: number, { coord }: Coord): [number, number][] {
  const drawn = points.filter(({ day }) => day <= lastDay);
  const last = drawn.at(-1);
  if (!last) return [];
  const steps = (value: (point: CurvePoint) => number): [number, number][] =>
    [...drawn, { ...last, day: lastDay }].flatMap((point, index, all): [number, number][] => {
      const before = all[index - 1];
      return before ? [coord([point.day, value(before)]), coord([point.day, value(point)])] : [coord([point.day, value(point)])];
    });
  return [...steps(({ high }) => high), ...steps(({ low }) => low).toReversed()];
}

/** @param onPaper names at the ends of the curves need room: where it is narrow a legend stands below */
export function curveOptions(curves: readonly Curve[], palette: Palette, width: number): EChartsCoreOption {
  const axisText = { color: palette.ink2, fontFamily: palette.font, fontSize: 12 };
  const narrow = width < 520;
  const lastDay = lastDayOf(curves);
  const colorOf = (index: number): string => (index === 0 ? palette.accent : palette.ink2);
  const named = (index: number): string => `${DASH_MARKS[index] ?? ''} ${curves[index]?.name ?? ''}`;
  return {
    animation: false,
    aria: { enabled: false },
    grid: { left: 44, right: narrow ? 16 : 148, top: 12, bottom: narrow ? 44 + 22 * curves.length : 44 },
    ...(narrow
      ? {
          legend: {
            bottom: 0,
            left: 0,
            orient: 'vertical',
            icon: 'none',
            itemWidth: 0,
            itemGap: 6,
            selectedMode: false,
            textStyle: axisText,
            // The dash stands before the name: it tells the curves apart without colour.
            formatter: (name: string) => named(curves.findIndex((curve) => curve.name === name)),
          },
        }
      : {}),
    xAxis: {
      type: 'value',
      min: 0,
      max: lastDay,
      interval: lastDay / (narrow ? 3 : 6),
      name: 'days',
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
      confine: true,
      backgroundColor: palette.paper,
      borderColor: palette.line,
      textStyle: { color: palette.ink, fontFamily: palette.font, fontSize: 12 },
      formatter: (marks: { axisValue: number }[]) => {
        const day = marks[0]?.axisValue;
        if (day === undefined) return '';
        return curves
          .flatMap((curve) => {
            const point = pointOn(curve, day);
            if (!point) return [];
            const [value, low, high] = [point.value, point.low, point.high].map((share) => Math.round(100 * share));
            return `${curve.name}: ${value} % (${low}–${high}) by day ${Math.round(day)}, ${countText(point.atRisk)} still on the way`;
          })
          .join('\n');
      },
    },
    series: curves.flatMap(({ name, points }, index) => {
      const drawn = points.filter(({ day }) => day <= lastDay);
      return [
        {
          type: 'custom',
          silent: true,
          tooltip: { show: false },
          data: [[0, 0]],
          renderItem: (_params: unknown, api: Coord) => ({
            type: 'polygon',
            shape: { points: bandOf(points, lastDay, api) },
            style: { fill: colorOf(index), opacity: 0.12 },
          }),
        },
        {
          type: 'line',
          name,
          step: 'end',
          symbol: 'none',
          lineStyle: { width: 2, type: DASHES[index], color: colorOf(index) },
          itemStyle: { color: colorOf(index) },
          data: [...drawn.map(({ day, value }) => [day, value]), [lastDay, drawn.at(-1)?.value ?? 0]],
          endLabel: { show: !narrow, ...axisText, color: palette.ink, formatter: named(index), distance: 6, lineHeight: 18 },
          labelLayout: { moveOverlap: 'shiftY' },
        },
      ];
    }),
  };
}
