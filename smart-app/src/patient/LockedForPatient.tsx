/**
 * A link that was tried too often. It is told in both languages: of which the patient is nobody says before the date of birth is right. Who to call
 * is the clinic’s alone.
 */
import { LANGUAGES, type Language } from '@refloop/domain/patient/reading-grade';
import type { Problem } from '@refloop/server/client/session';
import { useEffect, useRef } from 'react';
import { PhoneLink } from '../ui/PhoneLink.tsx';
import styles from './Patient.module.css';
import { WORDS } from './patient-words.ts';

export type Clinic = NonNullable<NonNullable<Problem['tries']>['clinic']>;

export function LockedForPatient({ clinic, language }: { clinic: Clinic; language: Language }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const [first, other] = LANGUAGES.toSorted((left) => (left === language ? -1 : 1)).map((each) => ({ each, words: WORDS[each].locked }));
  return (
    <>
      <div role="alert">
        <h1 ref={heading} tabIndex={-1}>
          {first?.words.title}
        </h1>
        <p>{first?.words.text}</p>
        <p lang={other?.each}>
          <strong>{other?.words.title}.</strong> {other?.words.text}
        </p>
      </div>
      <p className={styles['ask']}>
        {clinic.name}
        {clinic.phone === '' ? null : (
          <>
            : <PhoneLink phone={clinic.phone} />
          </>
        )}
      </p>
    </>
  );
}
