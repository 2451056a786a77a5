/** The table behind a chart: each value with its interval, its n and what it is made of. */
import { Button } from '@mantine/core';
import type { MetricAnswer, MetricRow } from '@refloop/server/client/insights';
import center from '../center/CenterPage.module.css';
import { countText, intervalText, rowText, valueText } from './figures.ts';
import { Scroller } from './Scroller.tsx';

const partText = (value: number | null): string => {
  if (value === null) return '–';
  return Number.isInteger(value) ? countText(value) : value.toFixed(3);
};

const partWords = (name: string): string => name.replaceAll('_', ' ');

export function MetricTable({
  answer,
  rows,
  onRows,
}: {
  answer: MetricAnswer;
  rows: readonly MetricRow[];
  onRows: (row: MetricRow) => void;
}) {
  const { metric, by } = answer;
  const parts = Object.keys(rows[0]?.parts ?? {});
  return (
    <Scroller label={`${metric.title}, table`}>
      <table className={`${center['table']} num`}>
        <thead>
          <tr>
            <th scope="col">{by.join(', ') || 'All'}</th>
            <th scope="col">{metric.title}</th>
            <th scope="col">95 % interval</th>
            <th scope="col">n</th>
            {parts.map((part) => (
              <th key={part} scope="col" title={metric.parts[part]}>
                {partWords(part)}
              </th>
            ))}
            <th scope="col">Rows</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const name = rowText(metric, row);
            return (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{valueText(row.value, metric.unit)}</td>
                <td>{intervalText(row, metric.unit) || '–'}</td>
                <td>{countText(row.n)}</td>
                {parts.map((part) => (
                  <td key={part}>{partText(row.parts[part] ?? null)}</td>
                ))}
                <td>
                  <Button
                    size="compact-sm"
                    variant="default"
                    onClick={() => onRows(row)}
                    aria-label={`Rows behind ${metric.title}, ${name}`}
                  >
                    Rows
                  </Button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroller>
  );
}
