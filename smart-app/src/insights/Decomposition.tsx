/**
 * What is lost, and could it have been avoided: two bars side by side, the numbers that are never added, and why patients were seen outside.
 */
import type { MetricAnswer } from '@refloop/server/client/insights';
import { AnswerView } from '../center/AnswerView.tsx';
import { useAnswer } from '../center/use-answer.ts';
import { ChartOrTable } from './ChartOrTable.tsx';
import losses from './Decomposition.module.css';
import { Definition } from './Definition.tsx';
import { countText, intervalText, rowText, segmentText, valueText } from './figures.ts';
import { metricPath } from './filter.ts';
import styles from './Insights.module.css';
import { type Kind, type LossBar, lossBars, reasonGroups } from './losses.ts';
import { MetricTable } from './MetricTable.tsx';
import { Scroller } from './Scroller.tsx';
import type { OnRows, ViewProps } from './views.ts';

type Props = Pick<ViewProps, 'api' | 'onFail' | 'filter' | 'status' | 'onRows'>;

/** Each with the rule in a word; the order is that of the way a referral goes. */
const APART = [
  ['out_of_network_orders', 'where the practice sent its patients'],
  ['denial', 'what the payer refused'],
  ['network_leakage', 'where patients were seen'],
  ['completion', 'who was seen at all'],
] as const;

const KIND_WORDS: Record<Kind, string> = {
  avoidable: 'avoidable',
  'not-avoidable': 'not to be avoided',
  denied: 'denied by the payer',
  unknown: 'cause not known',
};

export function LostPanel(props: Props) {
  const { api, onFail, filter, onRows } = props;
  const [answer, retry] = useAnswer<MetricAnswer>(api, metricPath('lost_referrals', filter, undefined), onFail);
  return (
    <section className={styles['panel']} aria-labelledby="lost">
      <h2 id="lost">What is lost, and could it have been avoided</h2>
      <AnswerView answer={answer} onRetry={retry}>
        {(lost) => {
          const bars = lossBars(lost.rows);
          if (bars.every(({ n }) => n === 0)) return <p className="caption">No referral of this view is old enough to judge.</p>;
          return (
            <>
              <ChartOrTable
                caption={`Of ${countText(bars[0]?.n ?? 0)} referrals, each kind with its 95 % interval, for all together`}
                table={<MetricTable answer={lost} rows={lost.rows} onRows={(row) => onRows(lost, row)} />}
                chart={<Bars answer={lost} bars={bars} onRows={onRows} />}
              />
              <p className="caption">
                The two are never added, nor to the numbers below: each counts something else, and one referral may stand in several.
              </p>
              <ul className={losses['apart']} aria-label="Side by side, never added">
                {APART.filter(([id]) => props.status.metrics.includes(id)).map(([id, rule]) => (
                  <Apart key={id} {...props} id={id} rule={rule} />
                ))}
              </ul>
              <Definition metric={lost.metric} />
            </>
          );
        }}
      </AnswerView>
    </section>
  );
}

function Bars({ answer, bars, onRows }: { answer: MetricAnswer; bars: readonly LossBar[]; onRows: OnRows }) {
  const widest = Math.max(1, ...bars.map(({ lost }) => lost));
  return (
    <div className={losses['bars']}>
      {bars.map(({ way, title, lost, segments }) => (
        <section key={way} aria-label={title}>
          <p className="num">
            {title}: <strong>{countText(lost)}</strong>
          </p>
          <div className={losses['bar']} style={{ width: `${(100 * lost) / widest}%` }} aria-hidden="true">
            {segments.map(({ row, kind, lost: each }) => (
              <i key={kind} data-kind={kind} style={{ flexGrow: each }} title={rowText(answer.metric, row)} />
            ))}
          </div>
          <ul className={losses['kinds']}>
            {segments.map(({ row, kind, lost: each }) => (
              <li key={kind}>
                <button type="button" onClick={() => onRows(answer, row)}>
                  <i data-kind={kind} aria-hidden="true" />
                  <span>{KIND_WORDS[kind]}</span>
                  <span className="num">
                    {countText(each)} · {valueText(row.value, 'share')} <span className="caption">{intervalText(row, 'share')}</span>
                  </span>
                  <span className="sr-only">of {countText(row.n)}. Show the rows</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Apart({ api, onFail, filter, id, rule, onRows }: Props & { id: string; rule: string }) {
  const [answer, retry] = useAnswer<MetricAnswer>(api, metricPath(id, filter, undefined), onFail);
  return (
    <li>
      <AnswerView answer={answer} onRetry={retry}>
        {(found) => {
          const row = found.rows[0];
          const { title, unit } = found.metric;
          if (!row) return <span className="caption">{title}: no referral to count</span>;
          return (
            <button type="button" onClick={() => onRows(found, row)}>
              <span>
                {title} <span className="caption">({rule})</span>
              </span>
              <span className="num">
                {valueText(row.value, unit)}{' '}
                <span className="caption">
                  {intervalText(row, unit)} · n {countText(row.n)}
                </span>
              </span>
              <span className="sr-only">Show the rows</span>
            </button>
          );
        }}
      </AnswerView>
    </li>
  );
}

export function ReasonsPanel({ api, onFail, filter, onRows }: Props) {
  const [answer, retry] = useAnswer<MetricAnswer>(api, metricPath('leakage_reasons', filter, undefined), onFail);
  return (
    <section className={styles['panel']} aria-labelledby="reasons">
      <h2 id="reasons">Why patients were seen outside</h2>
      <AnswerView answer={answer} onRetry={retry}>
        {(reasons) => {
          const groups = reasonGroups(reasons.rows);
          const n = reasons.rows[0]?.n ?? 0;
          if (groups.length === 0) return <p className="caption">Nobody is known to have been seen outside the network.</p>;
          return (
            <>
              <ChartOrTable
                caption={`Of ${countText(n)} seen outside. ${reasons.rows[0]?.note ?? ''}`}
                table={<MetricTable answer={reasons} rows={groups.flatMap(({ rows }) => rows)} onRows={(row) => onRows(reasons, row)} />}
                chart={
                  <Scroller label="Reasons by group">
                    <table className={`${losses['reasons']} num`}>
                      <thead>
                        <tr>
                          <th scope="col">Group and reason</th>
                          <th scope="col">Patients</th>
                          <th scope="col">Share, 95 % interval</th>
                        </tr>
                      </thead>
                      {groups.map((each) => (
                        <tbody key={each.group}>
                          <tr className={losses['group']}>
                            <th scope="row">
                              {segmentText({ specialty: each.group })}
                              {each.group === 'lawful-choice' ? <span className="caption"> (never a leak)</span> : null}
                            </th>
                            <td>{countText(each.out)}</td>
                            <td>
                              {valueText(each.share, 'share')} <span className="caption">{intervalText(each, 'share')}</span>
                            </td>
                          </tr>
                          {each.rows.map((row) => (
                            <tr key={row.category}>
                              <th scope="row">
                                <button type="button" onClick={() => onRows(reasons, row)}>
                                  {rowText(reasons.metric, row)}
                                  <span className="sr-only">. Show the rows</span>
                                </button>
                              </th>
                              <td>{countText(row.parts['went_out'] ?? 0)}</td>
                              <td>
                                {valueText(row.value, 'share')} <span className="caption">{intervalText(row, 'share')}</span>
                              </td>
                            </tr>
                          ))}
                        </tbody>
                      ))}
                    </table>
                  </Scroller>
                }
              />
              <Definition metric={reasons.metric} />
            </>
          );
        }}
      </AnswerView>
    </section>
  );
}
