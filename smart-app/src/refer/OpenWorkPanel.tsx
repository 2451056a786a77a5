/** Work left over for this patient, offered before anything new is begun; what waits for a signature comes first. */
import { Button } from '@mantine/core';
import type { OpenWork } from '@refloop/server/client/recommendation';
import { finishWriting } from '../approval/plan-flow.ts';
import { WithdrawApproval } from '../approval/WithdrawApproval.tsx';
import { backToChart } from '../session/back-to-chart.ts';
import { decides } from '../session/roles.ts';
import { plainTime } from '../words/plain-date.ts';
import type { Desk, DeskState } from './desk.ts';
import styles from './OpenWorkPanel.module.css';
import { waitingOnOrder } from './open-work.ts';
import { takeBack } from './pend-flow.ts';
import { resumeDraft, startNew } from './start-desk.ts';

const toWhom = (name: string | null): string => name ?? 'no specialist chosen';

export function OpenWorkPanel({ desk, state }: { desk: Desk; state: DeskState }) {
  const { toSign, sent, others, recommendations, plans } = state.openWork;
  const own = plans.length + recommendations.length + sent.length > 0;
  // Only a clinician sets aside what waits for another one's signature.
  const mayStart = decides(desk.session) || (sent.length === 0 && others.every(({ forName }) => forName === null));
  const waiting = waitingOnOrder(state);
  return (
    <section className={styles['panel']} aria-labelledby="open-work">
      <h1 id="open-work">{toSign.length > 0 ? 'Waiting for your signature' : own ? 'You left work here' : 'Somebody is at work here'}</h1>
      <ul className={styles['list']}>
        {toSign.map((handed) => (
          <ToSign key={handed.id} desk={desk} handed={handed} />
        ))}
        {plans.map((plan) => (
          <li key={plan.id} className={styles['item']}>
            <div>
              <strong>
                {plan.specialtyName} to {plan.performerName}
              </strong>
              <p className="caption">
                Approved {plan.coveringFor === null ? '' : `by ${plan.coveringFor}, for whom you cover, `}
                {plainTime(plan.approvedAt)}, not yet written: {plan.unfinished.join(', ')}
              </p>
            </div>
            <Button onClick={() => void finishWriting(desk, plan.id, plan.performerName)}>Finish writing</Button>
            {plan.unfinished.includes('ServiceRequest') ? <WithdrawApproval desk={desk} planId={plan.id} /> : null}
          </li>
        ))}
        {sent.map((handed) => (
          <li key={handed.id} className={styles['item']}>
            <div>
              <strong>
                {handed.specialtyName}, {toWhom(handed.chosenName)}
              </strong>
              <p className="caption">
                Sent to {handed.forName} to sign, {plainTime(handed.since)}. Not signed yet.
              </p>
            </div>
            <div className={styles['buttons']}>
              <Button onClick={() => void resumeDraft(desk, handed.id, handed.orderRef)}>Open</Button>
              <Button variant="default" onClick={() => void takeBack(desk, handed.id, handed.orderRef)}>
                Take back
              </Button>
            </div>
          </li>
        ))}
        {recommendations.map((draft) => (
          <li key={draft.id} className={styles['item']}>
            <div>
              <strong>{draft.specialtyName}</strong>
              <p className="caption">
                Draft of {plainTime(draft.madeAt)}
                {draft.chosenName ? `, to ${draft.chosenName}` : ''}
              </p>
            </div>
            <Button
              variant={plans.length + toSign.length > 0 ? 'default' : 'filled'}
              onClick={() => void resumeDraft(desk, draft.id, draft.orderRef)}
            >
              Resume
            </Button>
          </li>
        ))}
        {others.map((other) => (
          <li key={other.id} className={styles['item']}>
            <div>
              <strong>{other.specialtyName}</strong>
              <p className="caption">
                {other.forName === null
                  ? `${other.preparedBy} is preparing a referral from this order and has not sent it yet.`
                  : `${other.preparedBy} prepared a referral from this order for ${other.forName} to sign. It is not signed yet.`}
              </p>
            </div>
          </li>
        ))}
      </ul>
      {waiting && mayStart ? (
        <p className="caption">
          A new referral from this order takes the place of the prepared one. Who prepared it and who was to sign it see that you did.
        </p>
      ) : null}
      {state.notice ? <output>{state.notice}</output> : null}
      <div>
        {mayStart ? (
          <Button variant="default" onClick={() => void startNew(desk)}>
            {waiting ? 'Start my own referral instead' : 'Start a new referral'}
          </Button>
        ) : (
          <Button variant="default" onClick={() => backToChart(desk.context.iss)}>
            Back to chart
          </Button>
        )}
      </div>
    </section>
  );
}

function ToSign({ desk, handed }: { desk: Desk; handed: OpenWork['toSign'][number] }) {
  return (
    <li className={styles['item']}>
      <div>
        <strong>
          Prepared by {handed.preparedBy}: {handed.specialtyName}, {toWhom(handed.chosenName)}
        </strong>
        <p className="caption">
          {handed.covering ? `For ${handed.forName}, for whom you cover, since ` : 'Since '}
          {plainTime(handed.since)}
          {handed.note === '' ? '' : ` · “${handed.note}”`}
        </p>
      </div>
      <Button onClick={() => void resumeDraft(desk, handed.id, handed.orderRef)}>Review and sign</Button>
    </li>
  );
}
