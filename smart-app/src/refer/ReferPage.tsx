/** The Refer screen: request, matches, note, decision. */
import { useEffect, useState } from 'react';
import { approve, undo } from '../approval/approval-flow.ts';
import { OrderChanged } from '../approval/OrderChanged.tsx';
import { OutcomeBar } from '../approval/OutcomeBar.tsx';
import { UndoBar } from '../approval/UndoBar.tsx';
import { MatchesColumn } from '../matching/MatchesColumn.tsx';
import { flushOnLeaving, settleConflict } from '../note/autosave.ts';
import { NoteColumn } from '../note/NoteColumn.tsx';
import { decides } from '../session/roles.ts';
import { keepKeysOn, readKeysOn } from '../ui/keys-preference.ts';
import { useStore } from '../ui/store.ts';
import { whenIdle } from '../ui/when-idle.ts';
import { ActionBar } from './ActionBar.tsx';
import { DeathQuestion } from './DeathQuestion.tsx';
import { Dismissed } from './Dismissed.tsx';
import type { Desk, DeskState } from './desk.ts';
import { EmergencyNotice, EmergencyQuestion } from './EmergencyQuestion.tsx';
import { fetchRestOfPage, OpenWorkPanel, PreparerBar, ReferKeys } from './later.ts';
import { hasOpenWork } from './open-work.ts';
import { PatientBanner } from './PatientBanner.tsx';
import { PreparedBanner } from './PreparedBanner.tsx';
import styles from './ReferPage.module.css';
import { RequestColumn } from './RequestColumn.tsx';

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && target.type !== 'radio' && target.type !== 'checkbox');

export function ReferPage({ desk }: { desk: Desk }) {
  const state = useStore(desk.store);
  const [keysShown, setKeysShown] = useState(false);
  const [keysOn, setKeysOn] = useState(readKeysOn);

  useEffect(() => {
    document.title = 'Refer · Refloop';
    const leave = () => flushOnLeaving(desk);
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        // A preparer's bar listens for itself: there it sends.
        if (!decides(desk.session)) return;
        event.preventDefault();
        approve(desk);
      } else if (event.key === 'Escape') undo(desk);
      else if (event.key === '?' && readKeysOn() && !typing(event.target)) setKeysShown(true);
    };
    window.addEventListener('pagehide', leave);
    window.addEventListener('keydown', onKeyDown);
    return () => {
      window.removeEventListener('pagehide', leave);
      window.removeEventListener('keydown', onKeyDown);
    };
  }, [desk]);

  const listed = state.match.kind;
  useEffect(() => {
    // After the list, so that nothing delays it; ahead of need, so that it is here if Refloop goes down.
    if (listed === 'loading') return undefined;
    return whenIdle(() => void fetchRestOfPage());
  }, [listed]);

  const { approval } = state;
  if (approval.kind === 'dismissed') return <Dismissed why={approval.why} iss={desk.context.iss} />;
  return (
    <div className={styles['page']}>
      {desk.context.needsBanner ? <PatientBanner patient={state.patient} /> : null}
      <Body desk={desk} state={state} keysOn={keysOn} onKeys={() => setKeysShown(true)} />
      <ReferKeys
        opened={keysShown}
        sends={!decides(desk.session)}
        keysOn={keysOn}
        onKeysOn={(on) => {
          setKeysOn(on);
          keepKeysOn(on);
        }}
        onClose={() => setKeysShown(false)}
      />
    </div>
  );
}

type BodyProps = { desk: Desk; state: DeskState; keysOn: boolean; onKeys: () => void };

function Body({ desk, state, keysOn, onKeys }: BodyProps) {
  const { approval } = state;
  if (approval.kind === 'order-changed') {
    return (
      <main>
        <OrderChanged desk={desk} approval={approval} />
      </main>
    );
  }
  const editing = approval.kind === 'editing';
  if (editing && hasOpenWork(state.openWork) && !state.openWorkDecided) {
    return (
      <main>
        <OpenWorkPanel desk={desk} state={state} />
      </main>
    );
  }
  if (editing && state.patient.deceased && !state.deathConsidered) {
    return (
      <main>
        <DeathQuestion desk={desk} deceased={state.patient.deceased} />
      </main>
    );
  }
  if (editing && state.redFlags.length > 0 && !decides(desk.session) && !state.emergencyTold) {
    return (
      <main>
        <EmergencyNotice desk={desk} redFlags={state.redFlags} />
      </main>
    );
  }
  if (editing && state.redFlags.length > 0 && decides(desk.session) && !state.emergencyConsidered) {
    return (
      <main>
        <EmergencyQuestion desk={desk} redFlags={state.redFlags} />
      </main>
    );
  }
  const editNote = () => document.querySelector<HTMLElement>('[data-note] [role="button"]')?.focus();
  return (
    <>
      <PreparedBanner desk={desk} state={state} />
      <main className={styles['columns']}>
        <h1 className="sr-only">Refer</h1>
        <div className={styles['request']}>
          <RequestColumn desk={desk} state={state} locked={!editing} />
        </div>
        <div className={styles['matches']} inert={!editing}>
          <MatchesColumn desk={desk} state={state} locked={!editing} keysOn={keysOn} onEditNote={editNote} />
        </div>
        <div className={styles['note']} data-note>
          <NoteColumn desk={desk} state={state} locked={!editing} />
        </div>
      </main>
      {state.save.kind === 'conflict' ? (
        <div className={styles['warning']} role="alert">
          <span>This draft was changed in another window.</span>
          <button type="button" className="link" onClick={() => settleConflict(desk, 'mine')}>
            Keep this one
          </button>
          <button type="button" className="link" onClick={() => settleConflict(desk, 'theirs')}>
            Take the other
          </button>
        </div>
      ) : null}
      <Decision desk={desk} state={state} onKeys={onKeys} />
    </>
  );
}

function Decision({ desk, state, onKeys }: { desk: Desk; state: DeskState; onKeys: () => void }) {
  const { approval } = state;
  switch (approval.kind) {
    case 'undo':
    case 'sending':
      return <UndoBar desk={desk} approval={approval} />;
    case 'writing':
    case 'ended':
      return <OutcomeBar desk={desk} state={state} approval={approval} />;
    case 'editing':
      return decides(desk.session) ? (
        <ActionBar desk={desk} state={state} onKeys={onKeys} />
      ) : (
        <PreparerBar desk={desk} state={state} onKeys={onKeys} />
      );
    case 'order-changed':
    case 'dismissed':
      return null;
  }
}
