/** All that is shown once the referral is over for this office: how, and of which practice; and what is to be cancelled, while it is. */
import type { OfficeAnswer, OfficeOver, OfficeToCancel } from '@refloop/server/client/office';
import { useEffect, useRef, useState } from 'react';
import { failureText, isProblem, notDoneText } from '../session/api.ts';
import { PhoneLink } from '../ui/PhoneLink.tsx';
import { plainTime } from '../words/plain-date.ts';
import { Fact } from './Fact.tsx';
import styles from './Office.module.css';
import type { OfficeApi } from './office-api.ts';
import { ACT_NAMES, END_TEXTS, headingOf } from './office-words.ts';

type Props = {
  api: OfficeApi;
  over: OfficeOver;
  onChange: (view: OfficeAnswer) => void /** The hour is over. */;
  onEnd: (why: string) => void;
};

export function OverForOffice({ api, over, onChange, onEnd }: Props) {
  const { how, practice, phone, toCancel } = over;
  const [told, setTold] = useState('');
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {headingOf(over)}
      </h1>
      <p>{END_TEXTS[how]}</p>
      <output className={styles['told']}>{told}</output>
      {toCancel ? <ToCancel api={api} toCancel={toCancel} onChange={onChange} onEnd={onEnd} onTold={setTold} /> : null}
      <p>
        From: {practice}. If that is not right, call the practice{phone === '' ? '. Its number is on the letter.' : ': '}
        {phone === '' ? null : <PhoneLink phone={phone} />}
      </p>
    </>
  );
}

function ToCancel({
  api,
  toCancel: { opened, until, specialist, patientName, appointment },
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
      <dl className={styles['facts']}>
        <Fact name="Patient">{patientName}</Fact>
        <Fact name="For">{specialist}</Fact>
        {appointment ? <Fact name="Appointment">{plainTime(appointment.startsAt)}</Fact> : null}
      </dl>
      <div className={styles['acts']}>
        <button type="button" className={styles['primary']} disabled={busy} onClick={() => void confirm()}>
          {busy ? 'Sending…' : ACT_NAMES['confirm-cancellation']}
        </button>
      </div>
      <p className={styles['small']}>Open until {plainTime(until)}. The link can be opened again after that.</p>
    </>
  );
}
