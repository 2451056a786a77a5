/** The referrals behind a mark. Who they are is said to those whose role allows it, with a purpose, and put on record. */
import { Button, Modal, TextInput } from '@mantine/core';
import type { MetricAnswer, MetricRow, RowsAnswer, RowsQuestion } from '@refloop/server/client/insights';
import { useState } from 'react';
import center from '../center/CenterPage.module.css';
import type { CenterProps } from '../center/CenterPage.tsx';
import { failureText } from '../session/api.ts';
import { plainDate } from '../words/plain-date.ts';
import { countText, rowText } from './figures.ts';
import { type Filter, questionOf } from './filter.ts';
import styles from './Insights.module.css';
import { Scroller } from './Scroller.tsx';

type Part = RowsQuestion['part'];
const PARTS: readonly { part: Part; label: string }[] = [
  { part: 'numerator', label: 'Counted' },
  { part: 'denominator', label: 'Out of' },
  { part: 'excluded', label: 'Left out' },
];

/** What the rows are behind. */
export type Behind = { title: string; about: Pick<RowsQuestion, 'metric' | 'segment' | 'category' | 'specialist'> };

type Shell = Pick<CenterProps, 'api' | 'onFail'> & { filter: Filter; onClose: () => void };
type Shown = { kind: 'asking' } | { kind: 'loading' } | { kind: 'failed'; text: string } | { kind: 'ready'; part: Part; rows: RowsAnswer };

/** Behind a row of a metric. */
export function RowsDialog({ answer: { metric }, row, ...shell }: Shell & { answer: MetricAnswer; row: MetricRow }) {
  const about = { metric: metric.id, segment: row.segment, category: row.category, specialist: null };
  return <RowsBehind title={`${metric.title}: ${rowText(metric, row)}`} about={about} {...shell} />;
}

export function RowsBehind({ api, onFail, title, about, filter, onClose }: Shell & Behind) {
  const [purpose, setPurpose] = useState('');
  const [shown, setShown] = useState<Shown>({ kind: 'asking' });
  const ask = async (part: Part) => {
    setShown({ kind: 'loading' });
    const question: RowsQuestion = { ...about, part, filter: questionOf(filter), purpose };
    const answered = await api.call<RowsAnswer>('/insights/rows', { method: 'POST', body: question });
    if (answered.ok) setShown({ kind: 'ready', part, rows: answered.value });
    else if (answered.refusal.kind === 'session-ended') onFail(answered.refusal);
    else setShown({ kind: 'failed', text: failureText(answered.refusal) });
  };
  const ready = purpose.trim().length >= 3;
  return (
    <Modal opened onClose={onClose} closeButtonProps={{ 'aria-label': 'Close' }} title={title} size="xl">
      <div className={center['form']}>
        <TextInput
          label="What do you need the rows for?"
          description="It is put on record with your name. Patients are not named here: open the chart for that."
          value={purpose}
          maxLength={200}
          onChange={(event) => setPurpose(event.currentTarget.value)}
          data-autofocus
        />
        <fieldset className={styles['parts']}>
          <legend className="caption">Show</legend>
          {PARTS.map(({ part, label }) => (
            <Button
              key={part}
              variant="default"
              aria-pressed={shown.kind === 'ready' && shown.part === part}
              aria-disabled={!ready}
              onClick={() => (ready ? void ask(part) : undefined)}
            >
              {label}
            </Button>
          ))}
        </fieldset>
        {ready ? null : <p className="caption">Say in a few words what for; then choose which rows.</p>}
        {shown.kind === 'loading' ? <output>Loading the rows…</output> : null}
        {shown.kind === 'failed' ? <p role="alert">{shown.text}</p> : null}
        {shown.kind === 'ready' ? <Rows answer={shown.rows} excluded={shown.part === 'excluded'} /> : null}
      </div>
    </Modal>
  );
}

function Rows({ answer, excluded }: { answer: RowsAnswer; excluded: boolean }) {
  if (answer.rows.length === 0) return <p>There is none.</p>;
  return (
    <>
      <output className="caption num">
        {answer.rows.length < answer.total
          ? `The first ${countText(answer.rows.length)} of ${countText(answer.total)}.`
          : `${countText(answer.total)} in all.`}
      </output>
      <Scroller label="Referrals">
        <table className={`${center['table']} num`}>
          <thead>
            <tr>
              <th scope="col">Referral</th>
              <th scope="col">Ordered</th>
              <th scope="col">Specialty</th>
              <th scope="col">Urgency</th>
              <th scope="col">To</th>
              <th scope="col">Status</th>
              {excluded ? <th scope="col">Left out because</th> : null}
            </tr>
          </thead>
          <tbody>
            {answer.rows.map((each, at) => (
              // A referral of two appointments may stand here twice.
              <tr key={`${each.referralId} ${at}`}>
                <th scope="row">{each.referralId}</th>
                <td>{each.orderedOn === null ? '–' : plainDate(each.orderedOn)}</td>
                <td>{each.specialty.replaceAll('-', ' ')}</td>
                <td>{each.urgency}</td>
                <td>{each.performer ?? '–'}</td>
                <td>{each.status.replaceAll('-', ' ')}</td>
                {excluded ? <td>{each.why ?? ''}</td> : null}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </>
  );
}
