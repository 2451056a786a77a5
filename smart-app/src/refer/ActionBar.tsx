/** The decision: what was checked, what approving does, and the one thing to do next. */
import { Button } from '@mantine/core';
import { approve } from '../approval/approval-flow.ts';
import { checksOf, waitsFor } from '../approval/checks.ts';
import { approvalEffect, leftOutText, whyNoOrder } from '../chart/write-back-rung.ts';
import { toneIcon } from '../ui/Chip.tsx';
import styles from './ActionBar.module.css';
import { cardOf, type Desk, type DeskState, isDecided } from './desk.ts';
import { SaveForLater, saveText } from './SaveForLater.tsx';

const onMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

export function ActionBar({ desk, state, onKeys }: { desk: Desk; state: DeskState; onKeys: () => void }) {
  const card = cardOf(state, state.choice.entryId);
  const waiting = waitsFor(state);
  const limits = whyNoOrder(state.writeBack) || leftOutText(state.writeBack);
  return (
    <footer className={styles['bar']} aria-label="Decision">
      <ul className={styles['checks']} aria-label="Checks">
        {checksOf(state).map((check) => (
          <li key={check.id} className={styles[check.tone]}>
            <span aria-hidden="true">{toneIcon(check.tone)}</span> {check.text}
          </li>
        ))}
      </ul>
      <div className={styles['status']}>
        <output>{state.notice || waiting || approvalEffect(state.writeBack)}</output>
        {limits === '' ? null : <p className="caption">{limits}</p>}
        <p className={`caption ${state.save.kind === 'saved' ? styles['save'] : ''}`}>{saveText(state)}</p>
      </div>
      <div className={styles['buttons']}>
        <button type="button" className={`link ${styles['shortcuts']}`} onClick={onKeys} title="Keyboard shortcuts">
          Keys
        </button>
        <SaveForLater desk={desk} />
        <Button
          disabled={isDecided(state)}
          onClick={() => approve(desk)}
          aria-describedby="approve-keys"
          className={`${styles['approve']} ${waiting === undefined ? '' : styles['waiting']}`}
        >
          {card ? `Approve for ${card.name}` : 'Approve'}
          <kbd id="approve-keys" className={styles['keys']} aria-label={onMac ? 'Command Enter' : 'Control Enter'}>
            {onMac ? '⌘ ⏎' : 'Ctrl ⏎'}
          </kbd>
        </Button>
      </div>
    </footer>
  );
}
