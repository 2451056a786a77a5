/** A view of Insights as a report: each of its metrics told apart, with its definition, and no small cells. */

import type { MetricFilter, MetricResult } from '@refloop/analytics/metric-result';
import { SMALLEST_CELL, withoutSmallCells } from '@refloop/analytics/small-cells';
import { plainMonth } from '@refloop/domain/matching/plain-words';
import type { ReportDocument } from './document.ts';
import { countText, definitionLines, intervalText, rowText, targetText, valueText } from './figures.ts';

export const filterText = (filter: MetricFilter): string => {
  const named = Object.entries(filter).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} ${name === 'from' || name === 'to' ? plainMonth(value) : value}`],
  );
  return named.length === 0 ? 'All referrals.' : `Looked at: ${named.join(', ')}.`;
};

export function viewReport(title: string, filter: MetricFilter, results: readonly MetricResult[]): ReportDocument {
  const [first] = results;
  const asOf = first?.asOf ?? new Date(0).toISOString();
  return {
    title,
    asOf,
    lines: [
      `As of ${asOf.slice(0, 10)}, snapshot ${first?.snapshot ?? 'none'}. ${filterText(filter)}`,
      `Cells of fewer than ${SMALLEST_CELL} referrals are not told. Intervals are of 95 %.`,
    ],
    sections: results.map((result) => {
      const { metric, by } = result;
      return {
        heading: metric.title,
        paragraphs: [...definitionLines(metric), `Target: ${targetText(metric)}.`],
        tables: [
          {
            caption: `${metric.title} by ${by.join(', ') || 'nothing'}`,
            columns: [by.join(', ') || 'All', 'Value', '95 % interval', 'n', 'Note'],
            rows: withoutSmallCells(result).map((row) => [
              rowText(metric, row),
              valueText(row.value, metric.unit),
              intervalText(row, metric.unit),
              countText(row.n),
              row.note ?? '',
            ]),
          },
        ],
      };
    }),
  };
}
