/** Whether orders go elsewhere, or pass over who stands first more or less often, than in the quarter before. */
import type { DriftAnswer } from '@refloop/server/client/fairness';
import { plainDate } from '../words/plain-date.ts';
import { DataTable } from './DataTable.tsx';
import { FairnessMeaning } from './FairnessMeaning.tsx';
import { countText, intervalText, pointsText, segmentText, valueText } from './figures.ts';
import { DRIFT_WORDS, driftText, levelText } from './gap-words.ts';
import styles from './Insights.module.css';
import { RowsButton } from './RowsButton.tsx';
import tables from './Tables.module.css';

/** @param onRows of a specialty, or of all: the orders of both quarters */
type Props = { drift: DriftAnswer; onRows: (specialty: string | null) => void };

export function DriftPanel({ drift, onRows }: Props) {
  const { before, last } = drift.quarters;
  return (
    <section className={`${styles['panel']} ${styles['wide']}`} aria-labelledby="drift">
      <h2 id="drift">Routing against the quarter before</h2>
      <p>{driftText(drift)}</p>
      <DataTable
        label="Where orders go"
        caption="Share of orders that would have to go elsewhere for the two quarters to be alike. The orders are those behind the override rate below."
        columns={['Specialty', `n ${before}`, `n ${last}`, 'Apart', 'By chance, up to', { name: 'Verdict', words: true }]}
      >
        {drift.routing.map((row) => (
          <tr key={row.specialty}>
            <th scope="row">{segmentText({ specialty: row.specialty })}</th>
            <td>{countText(row.before)}</td>
            <td>{countText(row.last)}</td>
            <td>{valueText(row.found?.distance ?? null, 'share')}</td>
            <td>{valueText(row.found?.byChance ?? null, 'share')}</td>
            <td data-words>{DRIFT_WORDS[row.verdict]}</td>
          </tr>
        ))}
      </DataTable>
      <DataTable
        label="Override rate"
        caption={`Orders to somebody else than who stood first, change in points with ${levelText(drift.level)} intervals`}
        columns={[
          'Specialty',
          before,
          last,
          'Change',
          'Interval',
          'n',
          'Could have missed below',
          { name: 'Verdict', words: true },
          'Rows',
        ]}
      >
        {drift.override.map(({ specialty, found, verdict, ...n }) => (
          <tr key={specialty ?? ''}>
            <th scope="row">{specialty === null ? 'All' : segmentText({ specialty })}</th>
            <td>{valueText(found?.beforeShare ?? null, 'share')}</td>
            <td>{valueText(found?.lastShare ?? null, 'share')}</td>
            <td>{found === null ? '–' : pointsText(found.value)}</td>
            <td>{found === null ? '–' : `${pointsText(found.low)} to ${pointsText(found.high)}`}</td>
            <td>
              {countText(n.before)}, {countText(n.last)}
            </td>
            <td>{found === null ? '–' : pointsText(found.detectable).slice(1)}</td>
            <td data-words>{DRIFT_WORDS[verdict]}</td>
            <td>
              {n.before + n.last === 0 ? null : (
                <RowsButton
                  about={`Rows behind the override rate, ${specialty === null ? 'all' : segmentText({ specialty })}`}
                  onRows={() => onRows(specialty)}
                />
              )}
            </td>
          </tr>
        ))}
      </DataTable>
      <Quarters drift={drift} />
      <FairnessMeaning about={drift.about} level={levelText(drift.level)} />
    </section>
  );
}

/** `2026-Q3` of a moment. */
const quarterOf = (instant: string): string => `${instant.slice(0, 4)}-Q${Math.ceil(Number(instant.slice(5, 7)) / 3)}`;

function Quarters({ drift: { trend, versions } }: { drift: DriftAnswer }) {
  return (
    <>
      <table className={`${tables['plain']} num`}>
        <caption className="caption">Override rate of each quarter of orders</caption>
        <thead>
          <tr>
            <th scope="col">Quarter</th>
            <th scope="col">Override rate</th>
            <th scope="col">95 % interval</th>
            <th scope="col">n</th>
          </tr>
        </thead>
        <tbody>
          {trend.map(({ quarter, n, share, whole }) => (
            <tr key={quarter}>
              <th scope="row">
                {quarter}
                {whole ? '' : ' (not over)'}
                {versions.some(({ since }) => quarterOf(since) === quarter) ? ' · new version' : ''}
              </th>
              <td>{share === null ? 'too few' : valueText(share.value, 'share')}</td>
              <td>{share === null ? '–' : intervalText(share, 'share')}</td>
              <td>{countText(n)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {versions.length === 0 ? (
        <p className="caption">No recommendation is on record that says with which policy it was made.</p>
      ) : (
        <ul className="caption">
          {versions.map(({ policy, composer, since }) => (
            <li key={`${policy} ${composer}`}>
              Policy {policy} with {composer} since {plainDate(since.slice(0, 10))}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
