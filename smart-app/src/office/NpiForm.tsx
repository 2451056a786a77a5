/** The second thing that opens a link. Nothing of the patient is shown, or loaded, before it. */
import type { OfficeAnswer } from '@refloop/server/client/office';
import { type FormEvent, useState } from 'react';
import { failureText } from '../session/api.ts';
import styles from './Office.module.css';
import type { OfficeApi } from './office-api.ts';

type Props = {
  api: OfficeApi;
  link: string /** Why it has to be given again; empty at first. */;
  ended: string;
  onOpen: (view: OfficeAnswer) => void;
};

export function NpiForm({ api, link, ended, onOpen }: Props) {
  const [npi, setNpi] = useState('');
  const [fault, setFault] = useState(ended);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const digits = npi.replaceAll(/\D/g, '');
    if (digits.length !== 10) {
      setFault('An NPI has ten digits. It stands on the letter, beside the name of the specialist.');
      return;
    }
    setBusy(true);
    const opened = await api.open(link, digits);
    setBusy(false);
    if (opened.ok) onOpen(opened.value);
    else setFault(failureText(opened.refusal));
  };
  return (
    <>
      <h1>A referral for your office</h1>
      <p>To open it, give the NPI of the specialist it is for. No account is needed.</p>
      <form onSubmit={(event) => void submit(event)} className={styles['form']} noValidate>
        <label className={styles['field']}>
          NPI of the specialist
          <input
            value={npi}
            onChange={(event) => setNpi(event.target.value)}
            inputMode="numeric"
            autoComplete="off"
            maxLength={14}
            aria-invalid={fault !== ''}
            aria-describedby="npi-fault"
          />
        </label>
        <p id="npi-fault" role="alert" className={styles['fault']}>
          {fault}
        </p>
        <button type="submit" className={styles['primary']} disabled={busy}>
          {busy ? 'Opening…' : 'Open'}
        </button>
      </form>
      <p className={styles['small']}>After five wrong tries the link is closed. What is opened stays open for an hour.</p>
    </>
  );
}
