/** Work left over for this patient, offered before anything new is begun. */
import { Button } from '@mantine/core';
import { finishWriting } from '../approval/plan-flow.ts';
import { WithdrawApproval } from '../approval/WithdrawApproval.tsx';
import { plainTime } from '../words/plain-date.ts';
import type { Desk, DeskState } from './desk.ts';
import styles from './OpenWorkPanel.module.css';
import { resumeDraft, startNew } from './start-desk.ts';

export function OpenWorkPanel({ desk, state }: { desk: Desk; state: DeskState }) {
  const { recommendations, plans } = state.openWork;
  return (
    <section className={styles['panel']} aria-labelledby="open-work">
      <h1 id="open-work">You left work here</h1>
      <ul className={styles['list']}>
        {plans.map((plan) => (
          <li key={plan.id} className={styles['item']}>
            <div>
              <strong>
                {plan.specialtyName} to {plan.performerName}
              </strong>
              <p className="caption">
                Approved {plainTime(plan.approvedAt)}, not yet written: {plan.unfinished.join(', ')}
              </p>
            </div>
            <Button onClick={() => void finishWriting(desk, plan.id, plan.performerName)}>Finish writing</Button>
            {plan.unfinished.includes('ServiceRequest') ? <WithdrawApproval desk={desk} planId={plan.id} /> : null}
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
            <Button variant={plans.length > 0 ? 'default' : 'filled'} onClick={() => void resumeDraft(desk, draft.id)}>
              Resume
            </Button>
          </li>
        ))}
      </ul>
      <div>
        <Button variant="default" onClick={() => void startNew(desk)}>
          Start a new referral
        </Button>
      </div>
    </section>
  );
}
