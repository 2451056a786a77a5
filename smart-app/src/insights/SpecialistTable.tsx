/** Each specialist as counted, against what was to be expected, and as far as chance allows to say; the rows behind each are one key away. */
import type { SpecialistRow, SpecialistsAnswer } from '@refloop/server/client/specialists';
import { DataTable } from './DataTable.tsx';
import { countText } from './figures.ts';
import { RowsButton } from './RowsButton.tsx';
import { levelText, networkText, rangeText, specialistName, verdictText } from './specialist-words.ts';
import styles from './Tables.module.css';

type Props = { answer: SpecialistsAnswer; rows: readonly SpecialistRow[]; onRows: (row: SpecialistRow) => void };

const ratio = (value: number): string => value.toFixed(2);

export function SpecialistTable({ answer: { measure, rules }, rows, onRows }: Props) {
  return (
    <DataTable
      label={`${measure.title}, by specialist`}
      columns={[
        'Specialist',
        'n',
        'As counted (95 %)',
        'Observed ÷ expected (95 %)',
        `Drawn to the mean (${Math.round(100 * rules.interval)} %)`,
        { name: 'What can be said', words: true },
        'Rows',
      ]}
    >
      {rows.map((row) => (
        <tr key={row.specialist}>
          <th scope="row">
            {specialistName(row)}
            <br />
            <span className="caption">{networkText(row)}</span>
          </th>
          {row.numbers === null ? (
            <>
              <td>{row.n}</td>
              <td colSpan={3} className="caption">
                fewer than {rules.fewest}
              </td>
            </>
          ) : (
            <>
              <td>{countText(row.n)}</td>
              <td>
                {levelText(row.numbers.raw.value, measure.unit)}{' '}
                <span className={`${styles['under']} caption`}>{rangeText(row.numbers.raw, measure.unit)}</span>
              </td>
              <td>
                {ratio(row.numbers.ratio.value)}{' '}
                <span className={`${styles['under']} caption`}>
                  {ratio(row.numbers.ratio.low)}–{ratio(row.numbers.ratio.high)}
                </span>
              </td>
              <td>
                {levelText(row.numbers.shrunken.value, measure.unit)}{' '}
                <span className={`${styles['under']} caption`}>{rangeText(row.numbers.shrunken, measure.unit)}</span>
              </td>
            </>
          )}
          <td data-words>{verdictText(row)}</td>
          <td>
            <RowsButton about={`Rows behind ${measure.title}, ${specialistName(row)}`} onRows={() => onRows(row)} />
          </td>
        </tr>
      ))}
    </DataTable>
  );
}
