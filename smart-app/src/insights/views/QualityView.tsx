/** Quality: notes that come back, loops that close and those that do not, what patients and clinicians say, missed appointments, and what waits as an exception. */
import type { ExceptionRow } from '@refloop/server/client/admin';
import type { MetricAnswer } from '@refloop/server/client/insights';
import { AnswerView } from '../../center/AnswerView.tsx';
import { useAnswer } from '../../center/use-answer.ts';
import { CategoriesPanel } from '../CategoriesPanel.tsx';
import { DataTable } from '../DataTable.tsx';
import { countText, sizeOf, valueText } from '../figures.ts';
import { metricPath } from '../filter.ts';
import styles from '../Insights.module.css';
import { Kpis } from '../Kpi.tsx';
import { loopGapsOf } from '../loop-gaps.ts';
import { MetricPanel } from '../MetricPanel.tsx';
import { RowsButton } from '../RowsButton.tsx';
import type { ViewProps } from '../views.ts';

const HEADLINES = ['note_return', 'closed_loop', 'non_completion', 'no_show'] as const;
const PANELS = ['note_return', 'closed_loop', 'time_to_note', 'time_to_close', 'patient_satisfaction'] as const;

export default function QualityView(props: ViewProps) {
  const { api, onFail, filter, status, onRows } = props;
  const known = (id: string): boolean => status.metrics.includes(id);
  return (
    <>
      <Kpis ids={HEADLINES.filter(known)} api={api} onFail={onFail} filter={filter} onRows={onRows} />
      <div className={styles['panels']}>
        {known('closed_loop') ? <GapsPanel {...props} /> : null}
        <ExceptionsPanel {...props} />
        {PANELS.filter(known).map((id) => (
          <MetricPanel key={id} id={id} api={api} onFail={onFail} filter={filter} onRows={onRows} />
        ))}
        {/* Of clinicians there are seldom ten in a specialty, so that it is short. */}
        <div className={styles['stack']}>
          {known('provider_pulse') ? <MetricPanel id="provider_pulse" api={api} onFail={onFail} filter={filter} onRows={onRows} /> : null}
          {known('no_show_by_lead_time') ? (
            <CategoriesPanel
              {...props}
              id="no_show_by_lead_time"
              title="Missed appointments by lead time"
              caption="Share of the appointments booked so long ahead, 95 % for each"
              empty="No appointment of this view can be counted yet."
            />
          ) : null}
        </div>
      </div>
    </>
  );
}

function GapsPanel({ api, onFail, filter, onRows }: ViewProps) {
  const [answer, retry] = useAnswer<MetricAnswer>(api, metricPath('closed_loop', filter, undefined), onFail);
  return (
    <section className={styles['panel']} aria-labelledby="gaps">
      <h2 id="gaps">Where loops are not closed</h2>
      <AnswerView answer={answer} onRetry={retry}>
        {(loops) => {
          const [row] = loops.rows;
          const gaps = row && sizeOf(row) > 0 ? loopGapsOf(row) : [];
          if (!row || gaps.length === 0) return <p className="caption">{row?.note ?? 'No loop of this view stands open.'}</p>;
          return (
            <>
              <DataTable
                label="Where loops are not closed, table"
                columns={['First thing missing', 'Referrals', `Of ${countText(row.n)}`, 'Rows']}
              >
                {gaps.map(({ part, category, name, count, share }) => (
                  <tr key={part}>
                    <th scope="row">{name}</th>
                    <td>{countText(count)}</td>
                    <td>{valueText(share, 'share')}</td>
                    <td>
                      {category === null ? null : <RowsButton about={`Rows: ${name}`} onRows={() => onRows(loops, { ...row, category })} />}
                    </td>
                  </tr>
                ))}
              </DataTable>
              <p className="caption">Each referral stands once, at the first thing that is missing; “Out of” lists them.</p>
            </>
          );
        }}
      </AnswerView>
    </section>
  );
}

const KINDS: Record<ExceptionRow['kind'], string> = {
  'none-in-network': 'Nobody in network found',
  'unfinished-write-back': 'Write-back did not finish',
  'to-sign': 'Waits for a signature past its time',
  'unknown-number': 'An emergency from an unknown number',
};

function ExceptionsPanel({ api, onFail }: ViewProps) {
  const [answer, retry] = useAnswer<{ rows: ExceptionRow[] }>(api, '/exceptions', onFail);
  return (
    <section className={styles['panel']} aria-labelledby="exceptions">
      <h2 id="exceptions">Exceptions, now</h2>
      <AnswerView answer={answer} onRetry={retry}>
        {({ rows }) => {
          const open = rows.filter(({ status }) => status === 'open');
          if (open.length === 0) return <p className="caption">Nothing waits for anybody.</p>;
          return (
            <>
              <ul className="num">
                {[...Map.groupBy(open, ({ kind }) => kind)].map(([kind, of]) => (
                  <li key={kind}>
                    {KINDS[kind]}: {countText(of.length)}
                  </li>
                ))}
              </ul>
              <a href="#exceptions">Open the list of exceptions</a>
            </>
          );
        }}
      </AnswerView>
    </section>
  );
}
