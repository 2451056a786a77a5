/** The others whom the clinician approved: where they are, and one more question before one of them is asked in place of the other. */
import type { Language } from '@refloop/domain/patient/reading-grade';
import type { PatientView } from '@refloop/server/client/patient';
import { useEffect, useRef } from 'react';
import { PhoneLink } from '../ui/PhoneLink.tsx';
import styles from './Patient.module.css';
import type { Words } from './patient-words.ts';

export type Option = PatientView['specialists'][number];

type OptionsProps = { options: readonly Option[]; language: Language; words: Words; busy: boolean; onPick: (option: Option) => void };

export function Options({ options, language, words, busy, onPick }: OptionsProps) {
  if (options.length === 0) return null;
  return (
    <section aria-label={words.options.title} className={styles['texts']}>
      <h2>{words.options.title}</h2>
      <p>{words.options.text}</p>
      {options.map((option) => (
        <div key={option.entryId} className={styles['option']}>
          <p>
            <b>{option.name}</b>, {option.what[language]}
            <br />
            <Place option={option} />
          </p>
          <button type="button" className={styles['plain']} disabled={busy} onClick={() => onPick(option)}>
            {words.options.pick(option.name)}
          </button>
        </div>
      ))}
    </section>
  );
}

function Place({ option: { organization, address, phone } }: { option: Option }) {
  const place = [organization, address].filter(Boolean).join(', ');
  return (
    <>
      {place}
      {place === '' || phone === '' ? null : <br />}
      {phone === '' ? null : <PhoneLink phone={phone} />}
    </>
  );
}

type SureProps = { option: Option; words: Words; busy: boolean; onYes: () => void; onBack: () => void };

export function ChooseSure({ option, words, busy, onYes, onBack }: SureProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className={styles['form']} aria-label={words.options.sure(option.name)}>
      <h2 ref={heading} tabIndex={-1}>
        {words.options.sure(option.name)}
      </h2>
      <p>
        <Place option={option} />
      </p>
      <p>{words.options.what}</p>
      <div className={styles['buttons']}>
        <button type="button" className={styles['primary']} disabled={busy} onClick={onYes}>
          {busy ? words.sending : words.options.yes}
        </button>
        <button type="button" className={styles['plain']} onClick={onBack} disabled={busy}>
          {words.back}
        </button>
      </div>
    </section>
  );
}
