/** Each specialist as counted, against what was to be expected, and as far as chance allows to say; the rows behind each are one key away. */
import { Button } from '@mantine/core';
import type { SpecialistRow, SpecialistsAnswer } from '@refloop/server/client/specialists';
import center from '../center/CenterPage.module.css';
import { countText } from './figures.ts';
import { Scroller } from './Scroller.tsx';
import { levelText, networkText, rangeText, specialistName, verdictText } from './specialist-words.ts';

type Props = { answer: SpecialistsAnswer; rows: readonly SpecialistRow[]; onRows: (row: SpecialistRow) => void };

const ratio = (value: number): string => value.toFixed(2);

export function SpecialistTable({ answer: { measure, rules }, rows, onRows }: Props) {
  return (
    <Scroller label={`${measure.title}, by specialist`}>
      <table className={`${center['table']} num`}>
        <thead>
          <tr>
            <th scope="col">Specialist</th>
            <th scope="col">n</th>
            <th scope="col">As counted (95 %)</th>
            <th scope="col">Observed ÷ expected (95 %)</th>
            <th scope="col">Drawn to the mean ({Math.round(100 * rules.interval)} %)</th>
            <th scope="col">What can be said</th>
            <th scope="col">Rows</th>
          </tr>
        </thead>
        <tbody>
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
                    <span className="caption">{rangeText(row.numbers.raw, measure.unit)}</span>
                  </td>
                  <td>
                    {ratio(row.numbers.ratio.value)}{' '}
                    <span className="caption">
                      {ratio(row.numbers.ratio.low)}–{ratio(row.numbers.ratio.high)}
                    </span>
                  </td>
                  <td>
                    {levelText(row.numbers.shrunken.value, measure.unit)}{' '}
                    <span className="caption">{rangeText(row.numbers.shrunken, measure.unit)}</span>
                  </td>
                </>
              )}
              <td>{verdictText(row)}</td>
              <td>
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={() => onRows(row)}
                  aria-label={`Rows behind ${measure.title}, ${specialistName(row)}`}
                >
                  Rows
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}
