/** One act of the patient, and what it needs. */
import { RATINGS } from '@refloop/domain/referral/care-event';
import type { PatientRequest } from '@refloop/server/client/patient';
import { type FormEvent, useId, useState } from 'react';
import { practiceTime } from '../words/practice-time.ts';
import { localDay, visitOn } from '../words/visit-day.ts';
import styles from './Patient.module.css';
import type { DeclineReason, Score, Words } from './patient-words.ts';

export type FormName = Exclude<PatientRequest['act'], 'book' | 'choose' | 'texts' | 'emails'>;

type Props = {
  act: FormName;
  title: string;
  /** When it starts. */
  appointment: string | undefined;
  words: Words;
  busy: boolean;
  onDo: (what: PatientRequest) => void;
  onBack: () => void;
};

const textOf = (given: FormDataEntryValue | null): string => (typeof given === 'string' ? given.trim() : '');

/** What was filled in as a request; undefined where something is missing. */
function requestOf(act: FormName, form: FormData, appointment: string | undefined): PatientRequest | undefined {
  const text = (name: string): string => textOf(form.get(name));
  switch (act) {
    case 'cancel':
      return { act };
    case 'other-date':
      return text('text') === '' ? undefined : { act, text: text('text') };
    case 'decline':
      return { act, reason: text('reason') as DeclineReason };
    case 'seen': {
      const at = visitOn(text('day'), appointment, practiceTime().toISOString());
      return at === undefined ? undefined : { act, at };
    }
    case 'rate': {
      const score = RATINGS.find((each) => String(each) === text('score'));
      return score === undefined ? undefined : { act, score, words: text('words') || null };
    }
  }
}

export function PatientForm({ act, title, appointment, words, busy, onDo, onBack }: Props) {
  const [missing, setMissing] = useState(false);
  const id = useId();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const what = requestOf(act, new FormData(event.currentTarget), appointment);
    setMissing(what === undefined);
    if (what !== undefined) onDo(what);
  };
  return (
    <form onSubmit={submit} className={styles['form']} aria-labelledby={id} noValidate>
      <h2 id={id}>{title}</h2>
      <Fields act={act} appointment={appointment} words={words} />
      <p role="alert" className={styles['fault']}>
        {missing ? words.missing : ''}
      </p>
      <div className={styles['buttons']}>
        <button type="submit" className={styles['primary']} disabled={busy}>
          {busy ? words.sending : words.send}
        </button>
        <button type="button" className={styles['plain']} onClick={onBack} disabled={busy}>
          {words.back}
        </button>
      </div>
    </form>
  );
}

function Fields({ act, appointment, words }: Pick<Props, 'act' | 'appointment' | 'words'>) {
  const [today] = useState(() => localDay(practiceTime().toISOString()));
  switch (act) {
    case 'cancel':
      return <p>{words.cancelSure}</p>;
    case 'other-date':
      return (
        <label className={styles['field']}>
          {words.when}
          <textarea name="text" rows={3} maxLength={500} />
        </label>
      );
    case 'decline':
      return (
        <>
          <p>{words.declineSure}</p>
          <label className={styles['field']}>
            {words.reason}
            <select name="reason">
              {Object.entries(words.reasons).map(([reason, name]) => (
                <option key={reason} value={reason}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        </>
      );
    case 'seen':
      return (
        <label className={styles['field']}>
          {words.day}
          <input type="date" name="day" max={today} defaultValue={appointment === undefined ? today : localDay(appointment)} />
        </label>
      );
    case 'rate':
      return (
        <>
          <fieldset className={styles['choice']}>
            <legend>{words.score}</legend>
            {([...RATINGS].reverse() satisfies Score[]).map((score) => (
              <label key={score}>
                <input type="radio" name="score" value={score} /> {words.scores[score]}
              </label>
            ))}
          </fieldset>
          <label className={styles['field']}>
            {words.more}
            <textarea name="words" rows={3} maxLength={1000} />
          </label>
        </>
      );
  }
}
