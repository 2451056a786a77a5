/** Which numbers are told to somebody beyond which threshold, which are told now, and who has seen it. Leads keep the rules. */
import { Button } from '@mantine/core';
import type { AlertRule, AlertsAnswer, NewAlertRule } from '@refloop/server/client/alerts';
import { useState } from 'react';
import { AnswerView } from '../center/AnswerView.tsx';
import { useAnswer } from '../center/use-answer.ts';
import { notDoneText } from '../session/api.ts';
import { Chip } from '../ui/Chip.tsx';
import { plainTime } from '../words/plain-date.ts';
import { AlertRuleForm } from './AlertRuleForm.tsx';
import { DataTable } from './DataTable.tsx';
import { countText, intervalText, segmentText, valueText } from './figures.ts';
import styles from './Insights.module.css';
import type { ViewProps } from './views.ts';

type Props = Pick<ViewProps, 'session' | 'api' | 'onFail' | 'status'>;

/** The list, asked again, says whether this press made one. */
const PERHAPS_ADDED =
  'Refloop’s server does not answer. Whether the alert was added is not known: look for it in the list before you add it again.';

export function AlertsPanel({ session, api, onFail, status }: Props) {
  const [answer, refresh] = useAnswer<AlertsAnswer>(api, '/insights/alerts', onFail);
  const [adding, setAdding] = useState(false);
  const [failed, setFailed] = useState<string>();
  const isLead = session.roles.includes('lead');
  const send = async (path: string, notDone: string, rule?: NewAlertRule): Promise<boolean> => {
    const done = await api.call<AlertsAnswer>(path, { method: 'POST', ...(rule === undefined ? {} : { body: rule }) });
    setFailed(undefined);
    if (done.ok) refresh();
    else if (done.refusal.kind === 'session-ended') onFail(done.refusal);
    else if (rule && done.refusal.kind === 'unreachable') {
      setFailed(PERHAPS_ADDED);
      setAdding(false);
      refresh();
    } else setFailed(notDoneText(notDone, done.refusal));
    return done.ok;
  };
  return (
    <section className={`${styles['panel']} ${styles['wide']}`} aria-labelledby="alerts">
      <div className={styles['switch']}>
        <h2 id="alerts">Alerts</h2>
        {isLead && !adding ? (
          <Button size="compact-sm" variant="default" onClick={() => setAdding(true)}>
            New alert
          </Button>
        ) : null}
      </div>
      {failed === undefined ? null : <p role="alert">{failed}</p>}
      <AnswerView answer={answer} onRetry={refresh}>
        {({ rules, measures, owners }) => (
          <>
            {adding ? (
              <AlertRuleForm
                measures={measures}
                owners={owners}
                choices={status.choices}
                onCancel={() => setAdding(false)}
                onAdd={async (rule) => {
                  if (await send('/insights/alert-rules', 'Not added.', rule)) setAdding(false);
                }}
              />
            ) : null}
            {rules.length === 0 ? (
              <p className="caption">
                No number is watched. {isLead ? 'A new alert is shown to its owner here' : 'A lead can have one shown to its owner here'}{' '}
                once the whole interval of a number lies beyond a threshold.
              </p>
            ) : (
              <Rules
                rules={rules}
                onAcknowledge={(id) => void send(`/insights/alerts/${id}/acknowledgement`, 'Not put on record.')}
                onEnd={isLead ? (id) => void send(`/insights/alert-rules/${id}/end`, 'Not ended.') : undefined}
              />
            )}
          </>
        )}
      </AnswerView>
    </section>
  );
}

type RulesProps = { rules: readonly AlertRule[]; onAcknowledge: (id: string) => void; onEnd: ((id: string) => void) | undefined };

const aboutText = ({ metric, segment, direction, threshold }: AlertRule): string =>
  `${metric.title}${Object.keys(segment).length === 0 ? '' : `, ${segmentText(segment)}`} ${direction} ${valueText(threshold, metric.unit)}`;

/** What is told now comes first. */
const Rules = ({ rules, onAcknowledge, onEnd }: RulesProps) => (
  <DataTable label="Alerts, table" columns={['Told when', ...['Now', 'Owner', 'What to do'].map((name) => ({ name, words: true }))]}>
    {rules
      .toSorted((one, other) => Number(other.alert !== null) - Number(one.alert !== null))
      .map((rule) => (
        <tr key={rule.id}>
          <th scope="row">{aboutText(rule)}</th>
          <td data-words>
            {rule.alert === null ? (
              <Chip tone="good">within</Chip>
            ) : (
              <>
                <Chip tone="bad">crossed</Chip> {valueText(rule.alert.value, rule.metric.unit)} (
                {intervalText(rule.alert, rule.metric.unit)}, n {countText(rule.alert.n)}) since {plainTime(rule.alert.raisedAt)}
              </>
            )}
          </td>
          <td data-words>
            {rule.owner.name}
            {rule.mine ? ' (you)' : ''}
          </td>
          <td data-words>
            <span className={styles['actions']}>
              <Acknowledgement rule={rule} onAcknowledge={onAcknowledge} />
              {onEnd ? (
                <Button size="compact-sm" variant="default" onClick={() => onEnd(rule.id)} aria-label={`End: ${aboutText(rule)}`}>
                  End
                </Button>
              ) : null}
            </span>
          </td>
        </tr>
      ))}
  </DataTable>
);

function Acknowledgement({ rule, onAcknowledge }: { rule: AlertRule } & Pick<RulesProps, 'onAcknowledge'>) {
  const { alert } = rule;
  if (alert === null) return null;
  if (alert.acknowledged !== null) return <span className="caption">Seen by {alert.acknowledged.by}</span>;
  return (
    <Button size="compact-sm" variant="default" onClick={() => onAcknowledge(alert.id)} aria-label={`Acknowledge: ${aboutText(rule)}`}>
      Acknowledge
    </Button>
  );
}
