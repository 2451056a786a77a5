/**
 * Operations: what waits now, where it is stuck and what is late, from PostgreSQL; then how fast the loop has been, what work it was and who
 * booked, from the snapshot.
 */
import { Button } from '@mantine/core';
import type { QueueAnswer } from '@refloop/server/client/queue';
import { useState } from 'react';
import { AnswerView } from '../../center/AnswerView.tsx';
import { useAnswer } from '../../center/use-answer.ts';
import { plainTime } from '../../words/plain-date.ts';
import { CategoriesPanel } from '../CategoriesPanel.tsx';
import styles from '../Insights.module.css';
import { MetricPanel } from '../MetricPanel.tsx';
import { QueueOwners } from '../QueueOwners.tsx';
import { type QueueChoice, QueueRowsDialog } from '../QueueRowsDialog.tsx';
import { QueueAges, QueueSteps } from '../QueueSteps.tsx';
import { queueSentence } from '../queue-words.ts';
import { TouchKinds } from '../TouchKinds.tsx';
import type { ViewProps } from '../views.ts';

const HISTORY = ['time_to_accept', 'time_to_schedule', 'staff_touches', 'staff_minutes', 'self_scheduling', 'no_show', 'adoption'] as const;

export default function OperationsView(props: ViewProps) {
  const { api, onFail, filter, status, onRows } = props;
  const [answer, refresh] = useAnswer<QueueAnswer>(api, '/insights/queue', onFail);
  const [choice, setChoice] = useState<QueueChoice>();
  return (
    <>
      <AnswerView answer={answer} onRetry={refresh}>
        {(queue) => <Queue queue={queue} onOpen={setChoice} onRefresh={refresh} />}
      </AnswerView>
      <div className={styles['panels']}>
        {HISTORY.filter((id) => status.metrics.includes(id)).map((id) => (
          <MetricPanel key={id} id={id} wide={id === 'adoption'} api={api} onFail={onFail} filter={filter} onRows={onRows} />
        ))}
        {status.metrics.includes('staff_touches') ? <TouchKinds {...props} /> : null}
        {status.metrics.includes('no_show_by_booker') ? (
          <CategoriesPanel
            {...props}
            id="no_show_by_booker"
            title="Missed appointments by who booked"
            caption="Share of the appointments they booked, 95 % for each"
            empty="No appointment of this view can be counted yet."
          />
        ) : null}
      </div>
      {choice ? <QueueRowsDialog api={api} onFail={onFail} choice={choice} onClose={() => setChoice(undefined)} /> : null}
    </>
  );
}

function Queue({ queue, onOpen, onRefresh }: { queue: QueueAnswer; onOpen: (choice: QueueChoice) => void; onRefresh: () => void }) {
  return (
    <>
      <p className={`${styles['lead']} num`}>{queueSentence(queue)}</p>
      <p className="caption num">
        Open at {plainTime(queue.at)}, of all referrals, simulated ones among them; the filters hold for the history below.{' '}
        <Button size="compact-sm" variant="default" onClick={onRefresh} aria-label="Look again at the queue">
          Look again
        </Button>
      </p>
      {queue.open === 0 ? null : (
        <div className={styles['panels']}>
          <section className={styles['panel']} aria-labelledby="steps">
            <h2 id="steps">Where it waits</h2>
            <QueueSteps answer={queue} onOpen={onOpen} />
          </section>
          <section className={styles['panel']} aria-labelledby="owners">
            <h2 id="owners">Who has it</h2>
            <QueueOwners answer={queue} onOpen={onOpen} />
          </section>
          <section className={`${styles['panel']} ${styles['wide']}`} aria-labelledby="ages">
            <h2 id="ages">How long it has waited at its step</h2>
            <QueueAges answer={queue} onOpen={onOpen} />
            <p className="caption">▲ and the number after it: overdue.</p>
          </section>
        </div>
      )}
    </>
  );
}
