/** All that is shown once the referral is over for this office: how, and of which practice; and what is to be cancelled or written, while it is. */
import type { OfficeAnswer, OfficeOver, OfficeToCancel, OfficeToWrite } from '@refloop/server/client/office';
import { useEffect, useRef, useState } from 'react';
import { failureText, isProblem, notDoneText } from '../session/api.ts';
import { PhoneLink } from '../ui/PhoneLink.tsx';
import { plainTime } from '../words/plain-date.ts';
import { ActForm } from './ActForm.tsx';
import { Fact } from './Fact.tsx';
import styles from './Office.module.css';
import type { OfficeApi, OfficeNote } from './office-api.ts';
import { ACT_NAMES, headingOf, NOTE_BECAME, overText } from './office-words.ts';
import { usePress } from './use-press.ts';

type Props = {
  api: OfficeApi;
  over: OfficeOver;
  onChange: (view: OfficeAnswer) => void /** The hour is over. */;
  onEnd: (why: string) => void;
};

export function OverForOffice({ api, over, onChange, onEnd }: Props) {
  const { practice, phone, toCancel, toWrite } = over;
  const still = toCancel ?? toWrite;
  const [told, setTold] = useState('');
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {headingOf(over)}
      </h1>
      <p>{overText(over)}</p>
      <output className={styles['told']}>{told}</output>
      {still ? (
        <dl className={styles['facts']}>
          <Fact name="Patient">{still.patientName}</Fact>
          <Fact name="For">{still.specialist}</Fact>
          {toCancel?.appointment ? <Fact name="Appointment">{plainTime(toCancel.appointment.startsAt)}</Fact> : null}
        </dl>
      ) : null}
      {toCancel ? <ToCancel api={api} toCancel={toCancel} onChange={onChange} onEnd={onEnd} onTold={setTold} /> : null}
      {toWrite ? <ToWrite api={api} toWrite={toWrite} isFirst={!toCancel} onChange={onChange} onEnd={onEnd} onTold={setTold} /> : null}
      {still ? <p className={styles['small']}>Open until {plainTime(still.until)}. The link can be opened again after that.</p> : null}
      <p>
        From: {practice}. If that is not right, call the practice{phone === '' ? '. Its number is on the letter.' : ': '}
        {phone === '' ? null : <PhoneLink phone={phone} />}
      </p>
    </>
  );
}

function ToCancel({
  api,
  toCancel: { opened, appointment },
  onChange,
  onEnd,
  onTold,
}: Omit<Props, 'over'> & { toCancel: OfficeToCancel; onTold: (words: string) => void }) {
  const [busy, setBusy] = useState(false);
  /** Pressed again where no answer came, it is still the same press. */
  const key = useRef<string>(undefined);
  const confirm = async () => {
    key.current ??= crypto.randomUUID();
    setBusy(true);
    onTold('');
    const done = await api.act(opened, key.current, { act: 'confirm-cancellation' });
    setBusy(false);
    if (done.ok) {
      onTold('Thank you. The practice has been told.');
      onChange(done.value);
    } else if (isProblem(done.refusal, 'session-ended')) onEnd(failureText(done.refusal));
    else onTold(notDoneText('Not done.', done.refusal));
  };
  return (
    <>
      <p>
        {appointment
          ? 'An appointment still stands with you. Cancel it, and confirm it here. If the patient came all the same, call the practice.'
          : 'You still have the request. Let it go, do not call the patient, and confirm it here.'}
      </p>
      <div className={styles['acts']}>
        <button type="button" className={styles['primary']} disabled={busy} onClick={() => void confirm()}>
          {busy ? 'Sending…' : ACT_NAMES['confirm-cancellation']}
        </button>
      </div>
    </>
  );
}

function ToWrite({
  api,
  toWrite: { opened, noteForms, noteHeld },
  isFirst,
  onChange,
  onEnd,
  onTold,
}: Omit<Props, 'over'> & {
  toWrite: OfficeToWrite;
  /** Nothing else is asked before it. */
  isFirst: boolean;
  onTold: (words: string) => void;
}) {
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const press = usePress();
  const send = async (note: OfficeNote) => {
    setBusy(true);
    onTold('');
    const done = await api.note(opened, press.keyOf(note), note);
    setBusy(false);
    if (done.ok) {
      press.done();
      setOpen(false);
      onTold(NOTE_BECAME[done.value.became]);
      onChange(done.value);
    } else if (isProblem(done.refusal, 'session-ended')) onEnd(failureText(done.refusal));
    else onTold(notDoneText('Not done.', done.refusal));
  };
  return (
    <>
      {open ? (
        <ActForm
          act="note"
          offered={[]}
          noteForms={noteForms}
          appointment={undefined}
          busy={busy}
          onDo={(what) => (what.act === 'note' ? void send(what) : undefined)}
          onCancel={() => setOpen(false)}
        />
      ) : (
        <div className={styles['acts']}>
          <button
            type="button"
            className={isFirst && !noteHeld ? styles['primary'] : styles['plain']}
            disabled={busy}
            onClick={() => setOpen(true)}
          >
            {ACT_NAMES.note}
          </button>
        </div>
      )}
    </>
  );
}
