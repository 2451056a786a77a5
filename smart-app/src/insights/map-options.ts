/** Dots on the outlines of the states: area for how many referrals, words for the value. */
import type { MetricAnswer } from '@refloop/server/client/insights';
import type { EChartsCoreOption } from 'echarts/core';
import type { Palette } from './Chart.tsx';
import { countText, intervalText, sizeOf, valueText } from './figures.ts';
import { boundsOf, type Dot } from './zip-map.ts';

const LARGEST_PX = 40;
const MOST_NAMED = 12;

export function mapOptions({ unit }: MetricAnswer['metric'], dots: readonly Dot[], palette: Palette, width: number): EChartsCoreOption {
  const most = Math.max(...dots.map(({ row }) => sizeOf(row)));
  return {
    animation: false,
    aria: { enabled: false },
    geo: {
      map: 'states',
      roam: false,
      silent: true,
      boundingCoords: boundsOf(dots),
      left: 0,
      right: 0,
      top: 0,
      bottom: 0,
      itemStyle: { areaColor: palette.paper, borderColor: palette.mark, borderWidth: 1 },
    },
    tooltip: {
      trigger: 'item',
      renderMode: 'richText',
      backgroundColor: palette.paper,
      borderColor: palette.line,
      textStyle: { color: palette.ink, fontFamily: palette.font, fontSize: 12 },
      formatter: ({ dataIndex }: { dataIndex: number }) => {
        const dot = dots[dataIndex];
        if (!dot) return '';
        const { place, row } = dot;
        return `ZIP ${place.zip3}…, ${place.state}\n${valueText(row.value, unit)}  (${intervalText(row, unit)})\nn ${countText(row.n)}`;
      },
    },
    series: [
      {
        type: 'scatter',
        coordinateSystem: 'geo',
        cursor: 'pointer',
        data: dots.map(({ place, row }) => ({
          value: [place.longitude, place.latitude],
          symbolSize: Math.max(8, LARGEST_PX * Math.sqrt(sizeOf(row) / most)),
        })),
        itemStyle: { color: palette.accent, opacity: 0.75, borderColor: palette.paper, borderWidth: 1 },
        label: {
          show: true,
          position: 'right',
          color: palette.ink,
          fontFamily: palette.font,
          fontSize: 12,
          textBorderColor: palette.paper,
          textBorderWidth: 3,
          formatter: ({ dataIndex }: { dataIndex: number }) => {
            const dot = dots[dataIndex];
            return dot ? `${dot.place.zip3}${width < 420 ? '' : `  ${valueText(dot.row.value, unit)}`}` : '';
          },
        },
        // Few are moved apart; of many those that would cover each other are left to the hover and the table.
        labelLayout: { hideOverlap: dots.length > MOST_NAMED, moveOverlap: 'shiftY' },
      },
    ],
  };
}
