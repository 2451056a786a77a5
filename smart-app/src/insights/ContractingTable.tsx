/** Specialists outside the network who see the most of this practice's referrals: with whom a contract would bring patients back. */
import type { ContractingAnswer } from '@refloop/server/client/losses';
import { useState } from 'react';
import { AnswerView } from '../center/AnswerView.tsx';
import { useAnswer } from '../center/use-answer.ts';
import { DataTable } from './DataTable.tsx';
import { countText, intervalText, segmentText, valueText } from './figures.ts';
import { insightsPath } from './filter.ts';
import styles from './Insights.module.css';
import { RowsButton } from './RowsButton.tsx';
import { type Behind, RowsBehind } from './RowsDialog.tsx';
import type { ViewProps } from './views.ts';

const MOST = 15;

const areaText = (zip3: string | null): string => (zip3 === null || zip3 === '000' || zip3 === 'unknown' ? 'area not told' : `${zip3}xx`);

export function ContractingTable({ api, onFail, filter }: Pick<ViewProps, 'api' | 'onFail' | 'filter'>) {
  const [answer, retry] = useAnswer<ContractingAnswer>(api, insightsPath('contracting', filter), onFail);
  const [behind, setBehind] = useState<Behind>();
  return (
    <section className={`${styles['panel']} ${styles['wide']}`} aria-labelledby="contracting">
      <h2 id="contracting">With whom a contract would bring patients back</h2>
      <AnswerView answer={answer} onRetry={retry}>
        {(found) => <Found answer={found} onRows={(row) => setBehind(behindOf(row))} />}
      </AnswerView>
      {behind ? <RowsBehind api={api} onFail={onFail} filter={filter} {...behind} onClose={() => setBehind(undefined)} /> : null}
    </section>
  );
}

type Row = ContractingAnswer['rows'][number];

const specialistOf = ({ name, performer }: Row): string => name ?? `NPI ${performer}`;

const behindOf = (row: Row): Behind => {
  const { performer, specialty, zip3 } = row;
  return {
    title: `First seen by ${specialistOf(row)}, ${segmentText({ specialty })}${zip3 === null ? '' : `, ${areaText(zip3)}`}`,
    about: { metric: 'contracting', segment: { specialty, ...(zip3 === null ? {} : { zip3 }) }, category: null, specialist: performer },
  };
};

function Found({ answer: { rows, tooFew, fewest }, onRows }: { answer: ContractingAnswer; onRows: (row: Row) => void }) {
  const [byArea, setByArea] = useState(false);
  const shown = rows.filter(({ zip3 }) => (zip3 !== null) === byArea);
  const few =
    tooFew.specialists === 0
      ? ''
      : ` ${countText(tooFew.specialists)} specialists saw fewer than ${fewest} patients each, ${countText(tooFew.referrals)} referrals together: too few to name.`;
  return (
    <>
      <p className="caption num">
        Referrals whose patient was first seen by a specialist outside the network without a lawful choice, and how many patients those are;
        of the referrals of the same specialty whose patient was first seen by anybody of known network status, with 95 % intervals. Lawful
        choices stand beside and are no reason for a contract.{few}
      </p>
      <label className={styles['check']}>
        <input type="checkbox" checked={byArea} onChange={(event) => setByArea(event.currentTarget.checked)} /> By area of the patients
      </label>
      {shown.length === 0 ? (
        <p>
          {rows.length === 0
            ? `Nobody outside the network saw ${fewest} patients or more.`
            : `In no single area did anybody see ${fewest} patients or more.`}
        </p>
      ) : (
        <DataTable
          label="Specialists outside the network"
          columns={[
            'Specialist',
            { name: 'Specialty', words: true },
            ...(byArea ? [{ name: 'Area', words: true }] : []),
            'Referrals there',
            'Patients',
            'of n referrals',
            'Share',
            '95 % interval',
            'Ordered by us',
            'For access or a gap',
            'Lawful choice',
            'Rows',
          ]}
        >
          {shown.slice(0, MOST).map((row) => (
            <tr key={`${row.performer} ${row.specialty} ${row.zip3}`}>
              <th scope="row">{specialistOf(row)}</th>
              <td data-words>{segmentText({ specialty: row.specialty })}</td>
              {byArea ? <td data-words>{areaText(row.zip3)}</td> : null}
              <td>{countText(row.wentOut)}</td>
              <td>{countText(row.patients)}</td>
              <td>{countText(row.seenAnywhere)}</td>
              <td>{valueText(row.value, 'share')}</td>
              <td>{intervalText(row, 'share')}</td>
              <td>{countText(row.orderedOut)}</td>
              <td>{countText(row.forAccess)}</td>
              <td>{countText(row.byLawfulChoice)}</td>
              <td>
                <RowsButton
                  about={`Rows behind ${specialistOf(row)}, ${segmentText({ specialty: row.specialty })}`}
                  onRows={() => onRows(row)}
                />
              </td>
            </tr>
          ))}
        </DataTable>
      )}
      {shown.length > MOST ? (
        <p className="caption num">
          The first {MOST} of {countText(shown.length)}; a specialty or a site in the filter shows the others.
        </p>
      ) : null}
    </>
  );
}
