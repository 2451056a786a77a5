/** What is open, a line each: how many, how many are late or soon will be, and since when the oldest waits. */
import type { QueueAnswer } from '@refloop/server/client/queue';
import { DataTable } from './DataTable.tsx';
import { countText } from './figures.ts';
import { daysSince } from './queue-words.ts';
import { RowsButton } from './RowsButton.tsx';

export type QueueLine = Pick<QueueAnswer['owners'][number], 'open' | 'overdue' | 'atRisk' | 'oldest'> & {
  key: string;
  name: string;
  /** Undefined where there is nobody to ask for. */
  onRows: (() => void) | undefined;
};

/** @param of what a line is of, over its column */
type Props = { label: string; of: string; lines: readonly QueueLine[]; at: string };

export const QueueTable = ({ label, of, lines, at }: Props) => (
  <DataTable label={label} columns={[of, 'Open', 'Overdue', 'Due within a day', 'Oldest, days', 'Rows']}>
    {lines.map(({ key, name, open, overdue, atRisk, oldest, onRows }) => (
      <tr key={key}>
        <th scope="row">{name}</th>
        <td>{countText(open)}</td>
        <td>{countText(overdue)}</td>
        <td>{countText(atRisk)}</td>
        <td>{countText(daysSince(oldest, at))}</td>
        <td>{onRows ? <RowsButton about={`Rows: ${name}`} onRows={onRows} /> : null}</td>
      </tr>
    ))}
  </DataTable>
);
