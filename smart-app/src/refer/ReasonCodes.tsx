/** The coded reasons: those of the order, and any of the problem list. */
import { useState } from 'react';
import type { Desk, DeskState } from './desk.ts';
import { ReasonCodesDialog } from './later.ts';
import styles from './RequestColumn.module.css';
import { changeRequest } from './request-flow.ts';

export function ReasonCodes({ desk, state, locked }: { desk: Desk; state: DeskState; locked: boolean }) {
  const [choosing, setChoosing] = useState(false);
  const { reasonCodes } = state.request;
  return (
    <fieldset className={`${styles['codes']} num`} aria-label="Reason codes">
      {reasonCodes.map((each) => (
        <button
          key={`${each.system}|${each.code}`}
          type="button"
          className={styles['code']}
          disabled={locked}
          title={each.display}
          aria-label={`Remove ${each.code}${each.display ? `, ${each.display}` : ''}`}
          onClick={() => changeRequest(desk, { reasonCodes: reasonCodes.filter((other) => other.code !== each.code) })}
        >
          {each.code} <span aria-hidden="true">×</span>
        </button>
      ))}
      <button type="button" className={styles['code']} disabled={locked} onClick={() => setChoosing(true)}>
        + code
      </button>
      <ReasonCodesDialog desk={desk} state={state} opened={choosing} onClose={() => setChoosing(false)} />
    </fieldset>
  );
}
