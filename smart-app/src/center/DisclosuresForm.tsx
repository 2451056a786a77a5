/** The accounting of disclosures of one patient, as a file: to whom what was disclosed, when and for what (45 CFR 164.528). */
import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { failureText } from '../session/api.ts';
import { saveFile } from '../session/save-file.ts';
import styles from './AuditPage.module.css';
import type { CenterProps } from './CenterPage.tsx';

export function DisclosuresForm({ api, onFail }: Pick<CenterProps, 'api' | 'onFail'>) {
  const [patient, setPatient] = useState('');
  const [wrong, setWrong] = useState('');
  const [told, setTold] = useState('');
  const [busy, setBusy] = useState(false);
  const take = async (event: FormEvent) => {
    event.preventDefault();
    if (patient.trim() === '') return setWrong('Give the id that the EHR has for the patient.');
    setWrong('');
    setTold('');
    setBusy(true);
    const answered = await api.file('/disclosures/csv', { method: 'POST', body: { patient: patient.trim() } });
    setBusy(false);
    if (!answered.ok) {
      if (answered.refusal.kind === 'session-ended') return onFail(answered.refusal);
      return setTold(`No file was made. ${failureText(answered.refusal)}`);
    }
    // A name that tells nothing: files end up in download folders.
    saveFile(answered.value, 'disclosures.csv');
    return setTold('The file was handed to the browser. That it was taken is on record.');
  };
  return (
    <form className={styles['disclosures']} aria-label="Accounting of disclosures" onSubmit={(event) => void take(event)}>
      <h2>Accounting of disclosures</h2>
      <p>Whom one patient’s records went to in the last six years: when, what and for what.</p>
      <TextInput
        label="Patient, by the EHR’s id"
        value={patient}
        error={wrong}
        maxLength={64}
        onChange={(event) => setPatient(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" loading={busy}>
        Download
      </Button>
      <output className="caption">{told}</output>
    </form>
  );
}
