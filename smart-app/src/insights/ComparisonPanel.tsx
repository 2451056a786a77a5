/** What a pilot may have changed: a number of two periods, at one site or against another, with its interval and what it cannot show. */
import { Button, NativeSelect } from '@mantine/core';
import type { MetricRow } from '@refloop/server/client/insights';
import type { ComparisonAnswer, Difference } from '@refloop/server/client/losses';
import { useState } from 'react';
import { AnswerView } from '../center/AnswerView.tsx';
import { useAnswer } from '../center/use-answer.ts';
import { plainDate } from '../words/plain-date.ts';
import { type Compared, comparisonPath, firstPeriods } from './comparison.ts';
import { DataTable } from './DataTable.tsx';
import { countText, intervalText, pointsText, valueText } from './figures.ts';
import styles from './Insights.module.css';
import type { ViewProps } from './views.ts';

/** Single shares alone; those that the server does not know are left out. */
const METRICS: readonly [string, string][] = [
  ['completion', 'Referral completion'],
  ['network_leakage', 'Network leakage'],
  ['closed_loop', 'Closed loop'],
  ['note_return', 'Note return'],
  ['no_show', 'No-shows'],
  ['out_of_network_orders', 'Out-of-network orders'],
  ['denial', 'Denied authorizations'],
];

type Props = Pick<ViewProps, 'api' | 'onFail' | 'filter' | 'status'>;

export function ComparisonPanel({ api, onFail, filter, status }: Props) {
  const { months, site } = status.choices;
  const [chosen, setChosen] = useState<Compared>({ metric: 'completion', ...firstPeriods(months), site: '', against: '' });
  const [asked, setAsked] = useState<Compared>();
  const [answer, retry] = useAnswer<ComparisonAnswer>(api, asked ? comparisonPath(asked, filter) : undefined, onFail);
  const select = (key: keyof Compared, label: string, data: { value: string; label: string }[]) => (
    <NativeSelect
      label={label}
      value={chosen[key]}
      data={data}
      onChange={(event) => setChosen({ ...chosen, [key]: event.currentTarget.value })}
    />
  );
  const monthsOf = (key: keyof Compared, label: string) =>
    select(
      key,
      label,
      months.map((value) => ({ value, label: plainDate(value) })),
    );
  const sites = site.map((value) => ({ value, label: value }));
  return (
    <section className={`${styles['panel']} ${styles['wide']}`} aria-labelledby="comparison">
      <h2 id="comparison">What a pilot may have changed</h2>
      <form
        className={styles['form']}
        aria-label="What is compared"
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(chosen);
        }}
      >
        {select(
          'metric',
          'Number',
          METRICS.filter(([id]) => status.metrics.includes(id)).map(([value, label]) => ({ value, label })),
        )}
        {monthsOf('beforeFrom', 'Before, from')}
        {monthsOf('beforeTo', 'Before, to')}
        {monthsOf('afterFrom', 'After, from')}
        {monthsOf('afterTo', 'After, to')}
        {select('site', 'Site of the pilot', [{ value: '', label: 'Everywhere looked at' }, ...sites])}
        {select('against', 'Compared with', [{ value: '', label: 'No other site' }, ...sites])}
        <Button className={styles['start']} type="submit" variant="default">
          Compare
        </Button>
      </form>
      {asked === undefined ? (
        <p className="caption">
          Choose two periods by the month of the order, and press Compare. Specialty and payer are those of the filter above.
        </p>
      ) : (
        <AnswerView answer={answer} onRetry={retry}>
          {(found) => <Found answer={found} />}
        </AnswerView>
      )}
    </section>
  );
}

const changeText = (change: Difference | null): string =>
  change === null ? 'too few' : `${pointsText(change.value)} (${pointsText(change.low)} to ${pointsText(change.high)})`;

/** Whether the interval leaves out that nothing changed. */
const verdict = (change: Difference | null): string => {
  if (change === null) return '';
  return change.low > 0 || change.high < 0 ? 'more than chance would make of nothing' : 'no more than chance may make of nothing';
};

function Cells({ row }: { row: MetricRow | null }) {
  return (
    <>
      <td>{row === null || row.n === 0 ? '–' : `${valueText(row.value, 'share')} (${intervalText(row, 'share')})`}</td>
      <td>{countText(row?.n ?? 0)}</td>
    </>
  );
}

function Found({ answer: { places, changeAgainst, warnings } }: { answer: ComparisonAnswer }) {
  return (
    <>
      <DataTable
        label="Comparison"
        columns={[
          'Where',
          'Before (95 %)',
          'n before',
          'After (95 %)',
          'n after',
          'Change in points (95 %)',
          { name: 'Which is', words: true },
        ]}
      >
        {places.map(({ site, before, after, change }) => (
          <tr key={site ?? ''}>
            <th scope="row">{site ?? 'Everywhere looked at'}</th>
            <Cells row={before} />
            <Cells row={after} />
            <td>{changeText(change)}</td>
            <td data-words>{verdict(change)}</td>
          </tr>
        ))}
      </DataTable>
      {places.length < 2 ? null : (
        <p className="num">
          Change there minus change at the other: <strong>{changeText(changeAgainst)}</strong>
          {changeAgainst === null ? '.' : `, ${verdict(changeAgainst)}.`}
        </p>
      )}
      <p>What this cannot show:</p>
      <ul className={styles['warnings']}>
        {warnings.map((warning) => (
          <li key={warning}>{warning}</li>
        ))}
      </ul>
    </>
  );
}
