/**
 * CMS50 as far as our referrals tell: what it would be and what our events cannot know of it, why it differs from the closed-loop rate, which
 * first referrals would still count, and, as a number of our own, by who ordered.
 */
import { NativeSelect } from '@mantine/core';
import { FEWEST_TO_JUDGE } from '@refloop/domain/fewest-to-judge';
import type { Cms50Answer } from '@refloop/server/client/cms50';
import type { MetricAnswer } from '@refloop/server/client/insights';
import { AnswerView } from '../../center/AnswerView.tsx';
import { useAnswer } from '../../center/use-answer.ts';
import { plainDate, plainTime } from '../../words/plain-date.ts';
import { ChartOrTable } from '../ChartOrTable.tsx';
import { changeText, enoughToTell, monthsText, ofYear, reconciliationSentence, yearsOf } from '../cms50.ts';
import { DataTable } from '../DataTable.tsx';
import { Definition } from '../Definition.tsx';
import { DotRows } from '../DotRows.tsx';
import { countText, intervalText, rowText, valueText } from '../figures.ts';
import { hashOf, insightsPath, metricPath } from '../filter.ts';
import styles from '../Insights.module.css';
import { MetricTable } from '../MetricTable.tsx';
import { RowsButton } from '../RowsButton.tsx';
import type { ViewProps } from '../views.ts';
import local from './Cms50View.module.css';

export default function Cms50View(props: ViewProps) {
  const { api, onFail, filter, status } = props;
  const [answer, retry] = useAnswer<Cms50Answer>(api, insightsPath('cms50', filter), onFail);
  const years = yearsOf(status.choices.months);
  return (
    <AnswerView answer={answer} onRetry={retry}>
      {(cms50) => {
        const year = String(cms50.period.year);
        return (
          <>
            <NativeSelect
              className={local['period']}
              label="Period"
              value={year}
              data={years.includes(year) ? years : [year, ...years]}
              onChange={(event) => {
                location.hash = hashOf('cms50', ofYear(filter, event.currentTarget.value));
              }}
            />
            <div className={styles['panels']}>
              <OwnPanel {...props} cms50={cms50} />
              <OpenPanel {...props} cms50={cms50} />
              <ReconciliationPanel {...props} cms50={cms50} />
              <RequestersPanel {...props} />
            </div>
          </>
        );
      }}
    </AnswerView>
  );
}

type PartProps = ViewProps & { cms50: Cms50Answer };

function OwnPanel({ cms50: { own, period, measure, timezone, cannotKnow }, filter, onRows }: PartProps) {
  const row = own.rows[0];
  const months = monthsText(filter, period.year);
  return (
    <section className={styles['panel']} aria-labelledby="cms50">
      <h2 id="cms50">
        {own.metric.title}, {period.year}
      </h2>
      {row ? (
        <p className={styles['figure']}>
          <strong className="num">{valueText(row.value, 'share')}</strong>{' '}
          <span className="caption num">
            {row.low === null ? '' : `${intervalText(row, 'share')} (95 %) · `}n {countText(row.n)} patients · as of {plainTime(own.asOf)}
          </span>{' '}
          <RowsButton about={`Rows behind ${own.metric.title}`} onRows={() => onRows(own, row)} />
        </p>
      ) : (
        <p>No referral of this view can be counted.</p>
      )}
      {row?.note ? <p className="caption">{row.note}</p> : null}
      <p className="caption">
        First referrals from {plainDate(period.start)} through {plainDate(period.referralsUntil)}, reports through {plainDate(period.end)};
        days in {timezone}. {months ?? ''}
        {period.year === measure.writtenFor ? '' : ` ${measure.id} is the measure of ${measure.writtenFor}.`}
      </p>
      <h3>What our events cannot know</h3>
      <ul className={local['said']}>
        {cannotKnow.map((each) => (
          <li key={each}>{each}</li>
        ))}
      </ul>
      <p className="caption">
        The measure itself is counted over the EHR’s export, with the reasons for each patient, by the command “analytics cms50” and your
        own value sets.
      </p>
      <Definition metric={own.metric} />
    </section>
  );
}

function OpenPanel({ cms50: { open, own, period }, onRows }: PartProps) {
  const [row] = open.rows;
  const first = own.rows[0];
  return (
    <section className={styles['panel']} aria-labelledby="still-open">
      <h2 id="still-open">What would still close</h2>
      {row === undefined || row.n === 0 ? (
        <p>{row?.note ?? 'No referral of this view can be counted.'}</p>
      ) : (
        <>
          <p className="num">
            <b>{countText(row.n)}</b> of {countText(first?.n ?? row.n)} first referrals wait for their report. One that comes by{' '}
            {plainDate(period.end)} would still count.
          </p>
          <ChartOrTable
            caption={`Share of those that wait (n ${countText(row.n)}), 95 % for all together`}
            chart={<DotRows answer={open} rows={open.rows} onRows={onRows} />}
            table={<MetricTable answer={open} rows={open.rows} onRows={(each) => onRows(open, each)} />}
          />
        </>
      )}
      <Definition metric={open.metric} />
    </section>
  );
}

function ReconciliationPanel({ cms50: { reconciliation }, onRows }: PartProps) {
  const { metric, rows } = reconciliation;
  return (
    <section className={`${styles['panel']} ${styles['wide']}`} aria-labelledby="reconciliation">
      <h2 id="reconciliation">Why one number here and another there</h2>
      <p className={`${local['sentence']} num`}>{reconciliationSentence(reconciliation) ?? 'No referral of this view can be counted.'}</p>
      <DataTable
        label={`${metric.title}, table`}
        columns={[
          'Each difference on top of those above',
          'Rate',
          '95 % interval',
          'n',
          'Counted',
          { name: 'What it changes', words: true },
          'Rows',
        ]}
      >
        {rows.map((row, at) => (
          <tr key={row.category}>
            <th scope="row">{rowText(metric, row)}</th>
            <td>{valueText(row.value, 'share')}</td>
            <td>{intervalText(row, 'share') || '–'}</td>
            <td>{countText(row.n)}</td>
            <td>{countText(row.parts['counted'] ?? 0)}</td>
            <td data-words>{at === 0 ? '–' : changeText(row)}</td>
            <td>
              <RowsButton about={`Rows behind ${rowText(metric, row)}`} onRows={() => onRows(reconciliation, row)} />
            </td>
          </tr>
        ))}
      </DataTable>
      <p className="caption">
        The next difference would be patients without a qualifying visit; it is not known here. In the rows, “Left out” lists what a
        difference changed.
      </p>
      <Definition metric={metric} />
    </section>
  );
}

function RequestersPanel({ api, onFail, filter, onRows }: ViewProps) {
  const [answer, retry] = useAnswer<MetricAnswer>(api, metricPath('cms50_referrals', filter, 'requester'), onFail);
  return (
    <section className={`${styles['panel']} ${styles['wide']}`} aria-labelledby="requesters">
      <h2 id="requesters">By who ordered: our own number, not CMS50</h2>
      <p>
        The measure cannot say which clinician a patient is counted for. Here a patient is counted for whoever ordered the first referral,
        so these figures are ours alone and nothing to report.
      </p>
      <AnswerView answer={answer} onRetry={retry}>
        {(each) => {
          const { told, tooFew, patients } = enoughToTell(each.rows);
          return (
            <>
              {told.length === 0 ? (
                <p className="caption">Nobody has {FEWEST_TO_JUDGE} patients to count.</p>
              ) : (
                <details className={styles['definition']}>
                  <summary className="num">The {countText(told.length)} with enough patients</summary>
                  <DataTable
                    label="By who ordered, table"
                    columns={['Who ordered, by pseudonym', 'Report came', '95 % interval', 'n patients', 'Rows']}
                  >
                    {told.map((row) => (
                      <tr key={row.segment.requester}>
                        <th scope="row">{row.segment.requester}</th>
                        <td>{valueText(row.value, 'share')}</td>
                        <td>{intervalText(row, 'share') || '–'}</td>
                        <td>{countText(row.n)}</td>
                        <td>
                          <RowsButton about={`Rows behind ${row.segment.requester}`} onRows={() => onRows(each, row)} />
                        </td>
                      </tr>
                    ))}
                  </DataTable>
                </details>
              )}
              {tooFew === 0 ? null : (
                <p className="caption num">
                  Too few to tell: {countText(tooFew)} with fewer than {FEWEST_TO_JUDGE} patients each, {countText(patients)} patients
                  together.
                </p>
              )}
            </>
          );
        }}
      </AnswerView>
    </section>
  );
}
