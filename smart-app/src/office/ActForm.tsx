/** One act, and what it needs. */
import { LARGEST_DOCUMENT, type OfficeActName, type OfficeRequest, type OfficeView } from '@refloop/server/client/office';
import { type FormEvent, useId, useState } from 'react';
import { practiceTime } from '../words/practice-time.ts';
import { instantOf, localDay, visitOn } from '../words/visit-day.ts';
import styles from './Office.module.css';
import type { OfficeNote } from './office-api.ts';
import { actName, CANCELLED_BY, DECLINE_NAMES, type DeclineReason, FORM_NAMES, MOST_DATES } from './office-words.ts';

type Props = {
  act: OfficeActName;
  /** Dates that were offered before: booking begins with one of them. */
  offered: readonly string[];
  noteForms: OfficeView['noteForms'];
  /** When it starts. */
  appointment: string | undefined;
  busy: boolean;
  onDo: (what: OfficeRequest | OfficeNote) => void;
  onCancel: () => void;
};

const textOf = (given: FormDataEntryValue | null): string => (typeof given === 'string' ? given : '');

/** What was filled in as a request, or what is missing. */
function requestOf(act: OfficeActName, form: FormData, appointment: string | undefined): OfficeRequest | OfficeNote | string {
  const text = (name: string): string => textOf(form.get(name)).trim();
  switch (act) {
    case 'accept':
    case 'confirm-cancellation':
      return { act };
    case 'cancel-appointment':
      return { act, by: text('by') === 'patient' ? 'patient' : 'specialist' };
    case 'no-show':
    case 'seen': {
      const at = visitOn(text('day'), appointment, practiceTime().toISOString());
      return at === undefined ? 'Give the day of the visit.' : { act, at };
    }
    case 'decline':
      return { act, reason: text('reason') as DeclineReason };
    case 'ask':
      return text('text').length < 3 ? 'Write your question.' : { act, text: text('text') };
    case 'book': {
      const startsAt = instantOf(text('startsAt'));
      return startsAt === undefined ? 'Give the day and the time of the appointment.' : { act, startsAt };
    }
    case 'offer-dates': {
      const dates = form.getAll('date').flatMap((date) => instantOf(textOf(date)) ?? []);
      return dates.length === 0 ? 'Give at least one date.' : { act, dates };
    }
    case 'note': {
      const file = form.get('pdf');
      if (!(file instanceof File) || file.size === 0) return 'Choose your note as a PDF.';
      if (file.size > LARGEST_DOCUMENT) return 'The file is larger than 10 MB. Save it smaller, or in parts.';
      return { act, form: text('form') === 'interim' ? 'interim' : 'final', file };
    }
  }
}

export function ActForm({ act, offered, noteForms, appointment, busy, onDo, onCancel }: Props) {
  const [fault, setFault] = useState('');
  const id = useId();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const what = requestOf(act, new FormData(event.currentTarget), appointment);
    if (typeof what === 'string') setFault(what);
    else {
      setFault('');
      onDo(what);
    }
  };
  return (
    <form onSubmit={submit} className={styles['form']} aria-labelledby={id} noValidate>
      <h2 id={id}>{actName(act, appointment !== undefined).replace('…', '')}</h2>
      <Fields act={act} offered={offered} noteForms={noteForms} appointment={appointment} />
      <p role="alert" className={styles['fault']}>
        {fault}
      </p>
      <div className={styles['buttons']}>
        <button type="submit" className={styles['primary']} disabled={busy}>
          {busy ? 'Sending…' : 'Send to the practice'}
        </button>
        <button type="button" className={styles['plain']} onClick={onCancel} disabled={busy}>
          Cancel
        </button>
      </div>
    </form>
  );
}

/** As the input takes it, in the reader's own time. */
const localOf = (instant: string): string => new Date(instant).toLocaleString('sv-SE').replace(' ', 'T').slice(0, 16);

function Fields({ act, offered, noteForms, appointment }: Pick<Props, 'act' | 'offered' | 'noteForms' | 'appointment'>) {
  switch (act) {
    case 'decline':
      return (
        <label className={styles['field']}>
          Why
          <select name="reason">
            {Object.entries(DECLINE_NAMES).map(([reason, name]) => (
              <option key={reason} value={reason}>
                {name}
              </option>
            ))}
          </select>
        </label>
      );
    case 'ask':
      return (
        <label className={styles['field']}>
          Your question to the practice
          <textarea name="text" rows={4} maxLength={2000} />
        </label>
      );
    case 'book':
      return (
        <label className={styles['field']}>
          Day and time
          <input type="datetime-local" name="startsAt" defaultValue={offered[0] === undefined ? '' : localOf(offered[0])} />
        </label>
      );
    case 'offer-dates':
      return (
        <>
          {Array.from({ length: MOST_DATES }, (_, at) => (
            <label key={at} className={styles['field']}>
              {at === 0 ? 'A date' : 'Another date, if there is one'}
              <input type="datetime-local" name="date" />
            </label>
          ))}
        </>
      );
    case 'note':
      return (
        <>
          <label className={styles['field']}>
            Your note, as a PDF of at most 10 MB
            <input type="file" name="pdf" accept="application/pdf" />
          </label>
          <fieldset className={styles['choice']}>
            <legend>It is</legend>
            {noteForms.map((form, at) => (
              <label key={form}>
                <input type="radio" name="form" value={form} defaultChecked={at === 0} /> {FORM_NAMES[form]}
              </label>
            ))}
          </fieldset>
        </>
      );
    case 'no-show':
    case 'seen':
      return <VisitDay appointment={appointment} />;
    case 'cancel-appointment':
      return (
        <label className={styles['field']}>
          Who cancelled it
          <select name="by">
            {Object.entries(CANCELLED_BY).map(([by, name]) => (
              <option key={by} value={by}>
                {name}
              </option>
            ))}
          </select>
        </label>
      );
    case 'accept':
    case 'confirm-cancellation':
      return null;
  }
}

/** The appointment's day, unless it is changed. */
function VisitDay({ appointment }: Pick<Props, 'appointment'>) {
  const [today] = useState(() => localDay(practiceTime().toISOString()));
  return (
    <label className={styles['field']}>
      Day of the visit
      <input type="date" name="day" max={today} defaultValue={appointment === undefined ? today : localDay(appointment)} />
    </label>
  );
}
