/** The decision: what was checked, what approving does, and the one thing to do next. */
import { Button } from '@mantine/core';
import { approve } from '../approval/approval-flow.ts';
import { checksOf, waitsFor } from '../approval/checks.ts';
import { approvalEffect, leftOutText, whyNoOrder } from '../chart/write-back-rung.ts';
import { saveNow } from '../note/autosave.ts';
import { toneIcon } from '../ui/Chip.tsx';
import styles from './ActionBar.module.css';
import { cardOf, type Desk, type DeskState } from './desk.ts';

const onMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

function saveText(state: DeskState): string {
  switch (state.save.kind) {
    case 'saved':
      return state.draft.kind === 'ready' ? 'Draft saved' : '';
    case 'unsaved':
    case 'saving':
      return 'Saving';
    case 'kept-here':
      return 'The server does not answer. Your draft is kept in this page and saved as soon as it is back';
    case 'conflict':
      return '';
    case 'refused':
      return `Draft not saved. ${state.save.text}`;
  }
}

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
        <Button
          variant="default"
          onClick={() => {
            void saveNow(desk).then(() => {
              if (desk.store.get().save.kind === 'saved')
                desk.store.set({ notice: 'Saved for later. It is offered when you open Refloop on this patient again.' });
            });
          }}
        >
          Save for later
        </Button>
        <Button
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
