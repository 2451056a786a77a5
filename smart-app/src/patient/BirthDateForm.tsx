/** The second thing that opens a link. Nothing of the patient is shown, or loaded, before it. */
import type { Language } from '@refloop/domain/patient/reading-grade';
import type { PatientAnswer, PatientSideName } from '@refloop/server/client/patient';
import { type FormEvent, useState } from 'react';
import { type Clinic, LockedForPatient } from './LockedForPatient.tsx';
import styles from './Patient.module.css';
import type { PatientApi } from './patient-api.ts';
import { dayOfFields, failureWords, fieldsOf, triesOf, type Words } from './patient-words.ts';

type Props = {
  api: PatientApi;
  link: string;
  words: Words;
  language: Language;
  /** Whether it was open before. */
  ended: boolean;
  onOpen: (view: PatientAnswer) => void;
};

const SIDES: readonly PatientSideName[] = ['patient', 'parent', 'guardian', 'proxy'];

type Fault = (words: Words) => string;

export function BirthDateForm({ api, link, words, language, ended, onOpen }: Props) {
  const [as, setAs] = useState<PatientSideName>('patient');
  // Asked for where saying who one is does not do.
  const [phone, setPhone] = useState<string>();
  const [fields, setFields] = useState({ month: '', day: '', year: '' });
  const [fault, setFault] = useState<Fault | undefined>(() => (ended ? ({ failures }: Words) => failures.ended : undefined));
  const [clinic, setClinic] = useState<Clinic>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const born = dayOfFields(fields.month, fields.day, fields.year);
    if (born === undefined) {
      setFault(() => (now: Words) => now.born.missing);
      return;
    }
    setBusy(true);
    const opened = await api.open(link, born, as, phone?.trim() ?? '');
    setBusy(false);
    if (opened.ok) {
      onOpen(opened.value);
      return;
    }
    const none = triesOf(opened.refusal)?.clinic ?? undefined;
    if (none) {
      setClinic(none);
      return;
    }
    if (phone === undefined && fieldsOf(opened.refusal).includes('phone')) setPhone('');
    setFault(() => (now: Words) => failureWords(opened.refusal, now));
  };
  if (clinic) return <LockedForPatient clinic={clinic} language={language} />;
  const told = fault?.(words) ?? '';
  const field = (name: keyof typeof fields, length: number, autoComplete: string) => (
    <label className={styles['field']}>
      {words.born[name]}
      <input
        value={fields[name]}
        onChange={(event) => setFields({ ...fields, [name]: event.target.value })}
        inputMode="numeric"
        autoComplete={autoComplete}
        maxLength={length}
        aria-invalid={told !== ''}
        aria-describedby="born-fault"
      />
    </label>
  );
  return (
    <>
      <h1>{words.born.title}</h1>
      <p>{words.born.text}</p>
      <form onSubmit={(event) => void submit(event)} className={styles['form']} noValidate>
        <label className={styles['field']}>
          {words.born.who}
          <select value={as} onChange={(event) => setAs(event.target.value as PatientSideName)}>
            {SIDES.map((side) => (
              <option key={side} value={side}>
                {words.sides[side]}
              </option>
            ))}
          </select>
        </label>
        <fieldset className={styles['date']}>
          <legend>{words.born.legend}</legend>
          {field('month', 2, 'bday-month')}
          {field('day', 2, 'bday-day')}
          {field('year', 4, 'bday-year')}
        </fieldset>
        {phone === undefined ? null : (
          <label className={styles['field']}>
            {words.born.phone}
            <input
              value={phone}
              onChange={(event) => setPhone(event.target.value)}
              type="tel"
              autoComplete="tel"
              maxLength={40}
              aria-invalid={told !== ''}
              aria-describedby="born-fault"
            />
          </label>
        )}
        <p id="born-fault" role="alert" className={styles['fault']}>
          {told}
        </p>
        <button type="submit" className={styles['primary']} disabled={busy}>
          {busy ? words.born.opening : words.born.open}
        </button>
      </form>
      <p className={styles['small']}>{words.born.tries}</p>
    </>
  );
}
