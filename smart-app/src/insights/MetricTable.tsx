/** The table behind a chart: each value with its interval, its n and what it is made of. */
import type { MetricAnswer, MetricRow } from '@refloop/server/client/insights';
import { DataTable } from './DataTable.tsx';
import { countText, intervalText, rowText, valueText } from './figures.ts';
import { RowsButton } from './RowsButton.tsx';

const partText = (value: number | null): string => {
  if (value === null) return '–';
  return Number.isInteger(value) ? countText(value) : value.toFixed(3);
};

const partWords = (name: string): string => name.replaceAll('_', ' ');

type Props = { answer: MetricAnswer; rows: readonly MetricRow[]; onRows: (row: MetricRow) => void };

export function MetricTable({ answer: { metric, by }, rows, onRows }: Props) {
  const parts = Object.keys(rows[0]?.parts ?? {});
  return (
    <DataTable
      label={`${metric.title}, table`}
      columns={[
        by.join(', ') || 'All',
        metric.title,
        metric.unit === 'dollars' ? 'Range assumed' : '95 % interval',
        'n',
        ...parts.map((part) => ({ name: partWords(part), title: metric.parts[part] })),
        ...(metric.namesRows ? ['Rows'] : []),
      ]}
    >
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
            {metric.namesRows ? (
              <td>
                <RowsButton about={`Rows behind ${metric.title}, ${name}`} onRows={() => onRows(row)} />
              </td>
            ) : null}
          </tr>
        );
      })}
    </DataTable>
  );
}
