/** The preparer's end of the page: to whom it goes, with whom it lies, and what came of it. It decides nothing. */
import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { checksOf } from '../approval/checks.ts';
import { backToChart } from '../session/back-to-chart.ts';
import { toneIcon } from '../ui/Chip.tsx';
import { plainTime } from '../words/plain-date.ts';
import styles from './ActionBar.module.css';
import { type Desk, type DeskState, preparedOf, recommendationOf } from './desk.ts';
import { orderRefOf } from './order-in-desk.ts';
import { isSent, takeBack, waitsToSend } from './pend-flow.ts';
import { endOfPend } from './pend-words.ts';
import { SaveForLater, saveText } from './SaveForLater.tsx';
import { SendToSign } from './SendToSign.tsx';

const onMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

export function PreparerBar({ desk, state, onKeys }: { desk: Desk; state: DeskState; onKeys: () => void }) {
  const [sending, setSending] = useState(false);
  const prepared = preparedOf(state);
  const sent = isSent(desk, state);
  const ended = prepared?.pend?.ended ?? null;
  const waiting = waitsToSend(state);
  const open = () => {
    const now = desk.store.get();
    const why = waitsToSend(now);
    if (why !== undefined) desk.store.set({ notice: why });
    else if (!isSent(desk, now)) setSending(true);
  };
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      open();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  });
  const [signer] = state.signers ?? [];
  const only = state.signers?.length === 1 ? signer : undefined;
  const told =
    ended && prepared?.pend
      ? endOfPend(ended, prepared.pend.for)
      : sent && prepared?.pend
        ? `With ${prepared.pend.for.name} to sign since ${plainTime(prepared.pend.since)}. Nothing is ordered or written until then; what you change here goes along.`
        : (waiting ?? 'Nothing is ordered or written until a clinician signs.');
  const recommendation = recommendationOf(state);
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
        <output>{state.notice || told}</output>
        {sent && state.notice ? <p className="caption">{told}</p> : null}
        <p className={`caption ${state.save.kind === 'saved' ? styles['save'] : ''}`}>{saveText(state)}</p>
      </div>
      <div className={styles['buttons']}>
        <button type="button" className={`link ${styles['shortcuts']}`} onClick={onKeys} title="Keyboard shortcuts">
          Keys
        </button>
        {sent && recommendation ? (
          <Button variant="default" onClick={() => void takeBack(desk, recommendation.id, orderRefOf(state))}>
            Take back
          </Button>
        ) : null}
        {sent || ended ? (
          <Button onClick={() => backToChart(desk.context.iss)}>Back to chart</Button>
        ) : (
          <>
            <SaveForLater desk={desk} />
            <Button
              onClick={open}
              aria-describedby="send-keys"
              className={`${styles['approve']} ${waiting === undefined ? '' : styles['waiting']}`}
            >
              {only ? `Send to ${only.name} to sign` : 'Send to sign'}
              <kbd id="send-keys" className={styles['keys']} aria-label={onMac ? 'Command Enter' : 'Control Enter'}>
                {onMac ? '⌘ ⏎' : 'Ctrl ⏎'}
              </kbd>
            </Button>
          </>
        )}
      </div>
      {sending ? <SendToSign desk={desk} signers={state.signers} onClose={() => setSending(false)} /> : null}
    </footer>
  );
}
