/** The funnel: each specialist by how many attempts there are and how they came out, and the limits within which chance keeps them. */
import type { SpecialistRow, SpecialistsAnswer } from '@refloop/server/client/specialists';
import type { EChartsCoreOption } from 'echarts/core';
import type { Palette } from './Chart.tsx';
import { countText } from './figures.ts';
import { levelText, rangeText, specialistName, verdictText } from './specialist-words.ts';

type Specialty = SpecialistsAnswer['specialties'][number];
type Unit = SpecialistsAnswer['measure']['unit'];

const SYMBOLS = { better: 'triangle', worse: 'triangle', 'not-distinguishable': 'circle' } as const;

export type Plotted = SpecialistRow & { numbers: NonNullable<SpecialistRow['numbers']> };

/** Those of whom anything is said, in the order of the points. */
export const plottedOf = (rows: readonly SpecialistRow[]): Plotted[] =>
  rows.flatMap((row) => (row.numbers === null ? [] : [{ ...row, numbers: row.numbers }]));

function tooltipOf(row: Plotted | undefined, unit: Unit): string {
  if (!row) return '';
  const { raw, adjusted, shrunken } = row.numbers;
  return [
    specialistName(row),
    `n ${countText(row.n)}`,
    `as counted ${levelText(raw.value, unit)} (${rangeText(raw, unit)})`,
    `with the usual patients ${levelText(adjusted, unit)}`,
    `drawn to the mean ${levelText(shrunken.value, unit)} (${rangeText(shrunken, unit)})`,
    verdictText(row),
  ].join('\n');
}

export function funnelOptions(
  { usual, limits }: Specialty,
  rows: readonly Plotted[],
  unit: Unit,
  palette: Palette,
  width: number,
): EChartsCoreOption {
  const narrow = width < 420;
  const axisText = { color: palette.ink2, fontFamily: palette.font, fontSize: 12 };
  const line = (name: string, value: (limit: Specialty['limits'][number]) => number, type: 'solid' | 'dashed' | 'dotted') => ({
    name,
    type: 'line',
    silent: true,
    symbol: 'none',
    tooltip: { show: false },
    lineStyle: { color: type === 'solid' ? palette.mark : palette.ink2, type, width: type === 'solid' ? 1.5 : 1 },
    data: limits.map((limit) => [limit.n, value(limit)]),
  });
  const most = Math.max(1, ...rows.map(({ n }) => n));
  const values = [...rows.map(({ numbers }) => numbers.adjusted), ...limits.flatMap(({ low95, high95 }) => [low95, high95])];
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  const room = (highest - lowest) * 0.1 || 0.1;
  return {
    animation: false,
    aria: { enabled: false },
    grid: { left: narrow ? 44 : 56, right: 16, top: 12, bottom: 44 },
    xAxis: {
      type: 'value',
      name: 'Attempts counted',
      nameLocation: 'middle',
      nameGap: 28,
      nameTextStyle: axisText,
      min: 0,
      axisLabel: axisText,
      splitLine: { show: false },
      splitNumber: narrow ? 3 : 6,
    },
    yAxis: {
      type: 'value',
      min: Math.max(0, unit === 'share' ? Math.floor((lowest - room) * 20) / 20 : Math.floor(lowest - room)),
      max: unit === 'share' ? Math.min(1, Math.ceil((highest + room) * 20) / 20) : Math.ceil(highest + room),
      axisLabel: { ...axisText, formatter: (value: number) => (unit === 'share' ? `${Math.round(100 * value)} %` : String(value)) },
      splitLine: { lineStyle: { color: palette.line } },
    },
    tooltip: {
      trigger: 'item',
      renderMode: 'richText',
      confine: true,
      backgroundColor: palette.paper,
      borderColor: palette.line,
      textStyle: { color: palette.ink, fontFamily: palette.font, fontSize: 12 },
      formatter: ({ dataIndex }: { dataIndex: number }) => tooltipOf(rows[dataIndex], unit),
    },
    series: [
      ...(usual === null
        ? []
        : [
            line('usual', () => usual, 'solid'),
            line('95 % limit', ({ low95 }) => low95, 'dashed'),
            line('95 % limit', ({ high95 }) => high95, 'dashed'),
            line('99.8 % limit', ({ low998 }) => low998, 'dotted'),
            line('99.8 % limit', ({ high998 }) => high998, 'dotted'),
          ]),
      {
        type: 'scatter',
        cursor: 'pointer',
        z: 3,
        data: rows.map(({ n, numbers, ...row }) => ({
          value: [n, numbers.adjusted],
          symbol: SYMBOLS[numbers.verdict],
          symbolRotate: numbers.verdict === 'worse' ? 180 : 0,
          symbolSize: numbers.verdict === 'not-distinguishable' ? 9 : 13,
          itemStyle: {
            color: numbers.verdict === 'not-distinguishable' ? palette.paper : palette.accent,
            borderColor: palette.accent,
            borderWidth: 1.5,
          },
          // Who stands out is named where they stand; the others on hover, and in the table.
          label: {
            show: numbers.verdict !== 'not-distinguishable',
            position: n > most / 2 ? 'left' : 'right',
            ...axisText,
            color: palette.ink,
            textBorderColor: palette.paper,
            textBorderWidth: 3,
            formatter: `${specialistName(row)} · ${levelText(numbers.adjusted, unit)} of ${countText(n)}`,
          },
        })),
        labelLayout: { moveOverlap: 'shiftY' },
      },
    ],
  };
}
